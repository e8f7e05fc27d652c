"""Notifications of proposals: to reviewers when one is submitted or goes live unreviewed, to its author after a decision."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import Credential, Delivery, Sanction, User
from accounts.notifications.inbox import Announcement, notify_each
from accounts.notifications.kinds import Kind
from accounts.roles import REVIEWERS
from guide.models import Proposal

PROPOSALS = Kind(
    "guide",
    "A proposal for the guide needs my review, or there is a decision on mine (staff)",
    "a text of the guide",
    Delivery.SITE,
)
UNREVIEWED = Kind(
    "guide-live",
    "Readers see a text of the guide that no one has reviewed (reviewers)",
    "a text that is live without a review",
    Delivery.AT_ONCE,
    mandatory=True,
)
KINDS = [PROPOSALS, UNREVIEWED]


def notify_reviewers(proposal: Proposal, *, by: User) -> None:
    """Notify all reviewers that the proposal was submitted, except its author and submitter."""
    _notify(f"“{proposal.label}” is waiting for review.", _reviewers(by, proposal.author_id), proposal)


def notify_of_unreviewed(proposal: Proposal, what: str, *, by: User | None) -> None:
    """Notify all reviewers at once, also by mail, that readers see what no one has reviewed. `what` completes a sentence."""
    sentence = f"“{proposal.label}” {what} Please review it."
    _notify(sentence, _reviewers(by, proposal.author_id), proposal, UNREVIEWED)


def _reviewers(by: User | None, author: int | None) -> QuerySet[User, int]:
    """Return the ids of the reviewers who can decide now (`can_review_guide`), without the person who acted and the author."""
    appointed = User.objects.filter(groups__name=REVIEWERS, is_staff=True, is_active=True, state=User.State.ACTIVE)
    in_force = Q(pk__in=Credential.objects.in_force().values("user")) | Q(is_superuser=True)
    able = appointed.filter(in_force).exclude(pk__in=Sanction.objects.suspending().values("user"))
    return able.exclude(pk__in=[by.pk if by else 0, author or 0]).order_by("pk").values_list("pk", flat=True)


def notify_author(proposal: Proposal, what: str, *, by: User | None) -> None:
    """Notify the author and the submitters. `what` completes a sentence that begins with the proposal's label."""
    sent = proposal.decisions.filter(action="submitted", by__isnull=False).values_list("by", flat=True)
    people = {proposal.author_id, *sent} - {by.pk if by else None}
    _notify(f"“{proposal.label}” {what}", people, proposal)


def _notify(sentence: str, people: Iterable[int | None], proposal: Proposal, kind: Kind = PROPOSALS) -> None:
    recipients = [pk for pk in people if pk]
    page = reverse("admin:guide_proposal_review", args=[proposal.pk])
    notify_each([Announcement(kind.key, sentence, recipients)], page, proposal.pk)
