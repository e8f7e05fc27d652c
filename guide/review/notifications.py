"""Who hears of a proposal: those who may review it and, after a decision, whoever wrote and submitted it."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import Delivery, User
from accounts.notifications.inbox import Announcement, notify_each
from accounts.notifications.kinds import Kind
from accounts.roles import REVIEWERS
from guide.models import Proposal

PROPOSALS = Kind(
    "guide",
    "A proposal for the guide is waiting for my review, or mine was decided (staff)",
    "a text that you look after",
    Delivery.SITE,
)
KINDS = [PROPOSALS]


def tell_reviewers(proposal: Proposal, *, by: User) -> None:
    """Tell everyone who may review it that it was submitted, except those whose own it is."""
    reviewers = User.objects.filter(groups__name=REVIEWERS, is_staff=True).exclude(pk__in=[by.pk, proposal.author_id])
    _tell(f"“{proposal.label}” is waiting for review.", reviewers.values_list("pk", flat=True), proposal)


def tell_author(proposal: Proposal, what: str, *, by: User | None) -> None:
    """Tell whoever wrote it and whoever submitted it. `what` ends the sentence that begins with its name."""
    sent = proposal.decisions.filter(action="submitted", by__isnull=False).values_list("by", flat=True)
    people = {proposal.author_id, *sent} - {None, by.pk if by else None}
    _tell(f"“{proposal.label}” {what}", people, proposal)


def _tell(sentence: str, people: Iterable[int | None], proposal: Proposal) -> None:
    named = [pk for pk in people if pk]
    page = reverse("admin:guide_proposal_review", args=[proposal.pk])
    notify_each([Announcement(PROPOSALS.key, sentence, named)], page, proposal.pk)
