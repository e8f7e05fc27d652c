"""Crisis cards: send help lines to an author who may be in danger. Two clinicians must close each crisis."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import required_credential
from forum.models import CrisisCard, PostRevision, ReviewItem
from forum.moderation.decide import Superseded
from forum.moderation.escalation import eligible_colleagues
from forum.notifications.kinds import tell_help_card, tell_second_clinician
from forum.permissions import can_close_crisis, can_decide_item
from forum.publishing.queue_items import close_crisis_item
from forum.triage.author_advice import help_lines

NEEDS = {"emergency", "crisis", "text"}


@transaction.atomic
def send_help_card(item: ReviewItem, *, by: User) -> CrisisCard:
    """Send the author the help lines of their country by inbox and mail, and notify a second clinician. Idempotent.

    Raise PermissionDenied, and Superseded if the item has no post or is closed.
    """
    item = ReviewItem.objects.select_for_update(no_key=True, of=["self"]).select_related("post__author").get(pk=item.pk)
    if not can_decide_item(by, item):
        raise PermissionDenied
    if existing := CrisisCard.objects.filter(item=item).first():
        return existing
    if item.post is None or item.state != ReviewItem.State.OPEN:
        raise Superseded("This is closed, so no card was sent.")
    author = item.post.author
    card = CrisisCard.objects.create(
        item=item,
        post=item.post,
        country=author.country,
        lines=[_line_data(line) for line in help_lines(author.country, NEEDS)],
        sent_by=by,
        credential=required_credential(by),
        alerted=next(iter(eligible_colleagues(item, of=by)), None),
    )
    item.needs_second = True
    item.save(update_fields=["needs_second"])
    tell_help_card(card)
    if card.alerted:
        tell_second_clinician(card, card.alerted)
    return card


@transaction.atomic
def close_crisis(card: CrisisCard, *, by: User) -> CrisisCard:
    """Record the first clinician's closing, then a second one's. Raise PermissionDenied and Superseded."""
    card = CrisisCard.objects.select_for_update(no_key=True, of=["self"]).select_related("post").get(pk=card.pk)
    if not can_close_crisis(by, card):
        raise PermissionDenied
    if card.second_closed_at:
        raise Superseded("Two clinicians have already closed this.")
    which = "second_closed" if card.closed_at else "closed"
    setattr(card, f"{which}_by", by)
    setattr(card, f"{which}_at", timezone.now())
    card.save(update_fields=[f"{which}_by", f"{which}_at"])
    if card.second_closed_at:
        close_crisis_item(card.item, by, decided=_is_decided(card.item))
    return card


def _is_decided(item: ReviewItem) -> bool:
    """Whether the text has been decided. If not, its item stays open after the crisis is closed."""
    return item.revision is None or item.revision.state not in (PostRevision.State.WAITING, PostRevision.State.SHOWN)


def _line_data(line: object) -> dict[str, str]:
    return {name: str(getattr(line, name)) for name in ("name", "phone", "sms", "url", "country")}
