"""Somebody may be in danger: one act sends them numbers to call, and it stays in sight until two clinicians have closed it."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import required_credential
from forum.models import CrisisCard, PostRevision, ReviewItem
from forum.moderation.decide import Superseded
from forum.moderation.escalation import colleagues
from forum.notifications.kinds import tell_help_card, tell_second_clinician
from forum.permissions import can_close_crisis, can_decide_item
from forum.publishing.queue_items import close_crisis_item
from forum.triage.author_advice import help_lines

NEEDS = {"emergency", "crisis", "text"}


@transaction.atomic
def send_help_card(item: ReviewItem, *, by: User) -> CrisisCard:
    """The card for the author's country, by inbox and mail; a second clinician hears of it. A second click sends no second card.

    Raises PermissionDenied, and Superseded for an item without an author or one that is closed.
    """
    item = ReviewItem.objects.select_for_update(no_key=True, of=["self"]).select_related("post__author").get(pk=item.pk)
    if not can_decide_item(by, item):
        raise PermissionDenied
    if there := CrisisCard.objects.filter(item=item).first():
        return there
    if item.post is None or item.state != ReviewItem.State.OPEN:
        raise Superseded("There is nobody here to send a card to any more.")
    author = item.post.author
    card = CrisisCard.objects.create(
        item=item,
        post=item.post,
        country=author.country,
        lines=[_row(line) for line in help_lines(author.country, NEEDS)],
        sent_by=by,
        credential=required_credential(by),
        alerted=next(iter(colleagues(item, of=by)), None),
    )
    item.needs_second = True
    item.save(update_fields=["needs_second"])
    tell_help_card(card)
    if card.alerted:
        tell_second_clinician(card, card.alerted)
    return card


@transaction.atomic
def close_crisis(card: CrisisCard, *, by: User) -> CrisisCard:
    """The first clinician's word, then the second's, who is somebody else. Raises PermissionDenied and Superseded."""
    card = CrisisCard.objects.select_for_update(no_key=True, of=["self"]).select_related("post").get(pk=card.pk)
    if not can_close_crisis(by, card):
        raise PermissionDenied
    if card.second_closed_at:
        raise Superseded("Two clinicians have closed this already.")
    which = "second_closed" if card.closed_at else "closed"
    setattr(card, f"{which}_by", by)
    setattr(card, f"{which}_at", timezone.now())
    card.save(update_fields=[f"{which}_by", f"{which}_at"])
    if card.second_closed_at:
        close_crisis_item(card.item, by, decided=_is_decided(card.item))
    return card


def _is_decided(item: ReviewItem) -> bool:
    """Whether the text itself waits no more; one that waits stays in the queue after the crisis was closed."""
    return item.revision is None or item.revision.state not in (PostRevision.State.WAITING, PostRevision.State.SHOWN)


def _row(line: object) -> dict[str, str]:
    return {name: str(getattr(line, name)) for name in ("name", "phone", "sms", "url", "country")}
