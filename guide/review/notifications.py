"""Notifications of proposals: to reviewers when one is submitted, to its author and submitter after a decision."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import Delivery, User
from accounts.notifications.inbox import Announcement, notify_each
from accounts.notifications.kinds import Kind
from accounts.roles import REVIEWERS
from guide.models import Proposal
from guide.permissions import can_review_guide

PROPOSALS = Kind(
    "guide",
    "A proposal for the guide needs my review, or there is a decision on mine (staff)",
    "a text of the guide",
    Delivery.SITE,
)
KINDS = [PROPOSALS]


def notify_reviewers(proposal: Proposal, *, by: User) -> None:
    """Notify all reviewers that the proposal was submitted, except its author and submitter."""
    reviewers = User.objects.filter(groups__name=REVIEWERS, is_staff=True).exclude(pk__in=[by.pk, proposal.author_id])
    recipients = [reviewer.pk for reviewer in reviewers if can_review_guide(reviewer)]
    _notify(f"“{proposal.label}” is waiting for review.", recipients, proposal)


def notify_author(proposal: Proposal, what: str, *, by: User | None) -> None:
    """Notify the author and the submitters. `what` completes a sentence that begins with the proposal's label."""
    sent = proposal.decisions.filter(action="submitted", by__isnull=False).values_list("by", flat=True)
    people = {proposal.author_id, *sent} - {by.pk if by else None}
    _notify(f"“{proposal.label}” {what}", people, proposal)


def _notify(sentence: str, people: Iterable[int | None], proposal: Proposal) -> None:
    recipients = [pk for pk in people if pk]
    page = reverse("admin:guide_proposal_review", args=[proposal.pk])
    notify_each([Announcement(PROPOSALS.key, sentence, recipients)], page, proposal.pk)
