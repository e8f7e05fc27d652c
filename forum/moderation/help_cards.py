"""Help cards: send help lines to a person who may be in danger, undo it, and close it. Two clinicians close each card."""

from datetime import datetime, timedelta
from typing import NoReturn

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Notification, OutboxEmail, User
from accounts.permissions import required_credential
from forum.models import Experience, FollowUp, HelpCard, Lane, Post, PostRevision, ReviewItem
from forum.moderation.escalation import eligible_colleagues
from forum.moderation.text_decisions import Superseded
from forum.notifications.help_cards import card_lines, tell_help_card, tell_second_clinician
from forum.notifications.kinds import ALARM, CARD
from forum.permissions import can_close_help_card, can_decide_item, can_send_help_card, can_undo_help_card
from forum.publishing.queue_items import close_crisis_item, open_danger_item, raise_to_red

SAME_CARD = timedelta(minutes=1)  # within which the same card sent again is a second click


class CardRefused(Superseded):
    """A help card can't be sent, undone or closed anymore; nothing was done."""

    heading = "Nothing was sent or changed"


@transaction.atomic
def send_help_card(
    person: User,
    *,
    by: User,
    kind: str,
    item: ReviewItem | None = None,
    post: Post | None = None,
    country: str | None = None,
    note: str = "",
) -> HelpCard:
    """Send the person a card by inbox and mail, make its item RED, and notify a second clinician.

    Without an item, the person's own one is opened. `country` is the person's setting unless given; "" shows all
    countries. The same card sent twice within a minute is one card.

    Raise PermissionDenied, and Superseded if the item is closed or the person's account is gone.
    """
    if not can_send_help_card(by, person):
        raise PermissionDenied
    if person.state == User.State.ERASED:
        raise CardRefused("This account is gone, so no card was sent.")
    item = _item_for_update(item or open_danger_item(person, post), by)
    country = person.country if country is None else country
    content = {"kind": kind, "country": country, "note": note}
    recent = HelpCard.objects.open().filter(item=item, person=person, sent_at__gt=timezone.now() - SAME_CARD)
    return recent.filter(**content).first() or _send(person, item, post or item.post, by, content)


def _send(person: User, item: ReviewItem, post: Post | None, by: User, content: dict[str, str]) -> HelpCard:
    card = HelpCard.objects.create(
        person=person,
        item=item,
        post=post,
        lines=card_lines(content["kind"], content["country"]),
        sent_by=by,
        credential=required_credential(by),
        alerted=next((c for c in eligible_colleagues(item, of=by) if c.pk != person.pk), None),
        item_before=_state_of(item),
        **content,
    )
    raise_to_red(item)
    ReviewItem.objects.filter(pk=item.pk).update(needs_second=True)
    tell_help_card(card)
    if card.alerted:
        tell_second_clinician(card, card.alerted)
    return card


def _item_for_update(item: ReviewItem, by: User) -> ReviewItem:
    item = ReviewItem.objects.select_for_update(no_key=True, of=["self"]).select_related("post").get(pk=item.pk)
    if not can_decide_item(by, item):
        raise PermissionDenied
    if item.state != ReviewItem.State.OPEN:
        raise CardRefused("This is closed, so no card was sent. You can send one from the member’s page.")
    return item


def _state_of(item: ReviewItem) -> dict[str, object]:
    promised_at = item.promised_at.isoformat()
    return {"lane": item.lane, "needs_second": item.needs_second, "promised_at": promised_at}


@transaction.atomic
def undo_help_card(card: HelpCard, *, by: User) -> HelpCard:
    """Take back a card within 30 seconds: its mail has not left, and the person has not opened it.

    The item gets its lane back. Raise PermissionDenied, and Superseded if it is too late.
    """
    item = ReviewItem.objects.select_for_update(no_key=True).get(pk=card.item_id)
    card = HelpCard.objects.select_for_update(no_key=True).get(pk=card.pk)
    if not can_undo_help_card(by, card):
        raise PermissionDenied
    told = Notification.objects.filter(kind=CARD.key, subject_id=card.pk)
    if not card.can_still_be_undone() or told.filter(mailed_at__isnull=False).exists():
        raise CardRefused("It is too late: the card has been opened, or its mail has left.")
    OutboxEmail.objects.filter(notifications__in=told).delete()
    told.delete()
    if card.alerted:
        Notification.objects.filter(
            recipient=card.alerted, kind=ALARM.key, subject_id=item.pk, created_at__gte=card.sent_at
        ).unread().delete()
    card.undone_at = timezone.now()
    card.save(update_fields=["undone_at"])
    _restore(item, card)
    return card


def _restore(item: ReviewItem, card: HelpCard) -> None:
    """Give the item the state that it had before this card, unless another open card keeps it in RED."""
    if HelpCard.objects.open().filter(item=item).exists():
        return
    before = card.item_before
    item.lane = before.get("lane", Lane.RED)
    item.promised_at = parse_datetime(str(before.get("promised_at"))) or item.promised_at
    item.needs_second = bool(before.get("needs_second"))
    item.save(update_fields=["lane", "promised_at", "needs_second"])
    if item.kind == ReviewItem.Kind.DANGER:
        close_crisis_item(item, card.sent_by, decided=True)


@transaction.atomic
def close_help_cards(
    item: ReviewItem, *, by: User, assessment: str = "", again_at: datetime | None = None
) -> list[HelpCard]:
    """Close the item's open cards for this clinician's part. The second closing, by another clinician, ends it.

    With `again_at`, plan a follow-up with the assessment. Raise PermissionDenied, and Superseded if there is nothing
    that this person can still close.
    """
    item = ReviewItem.objects.select_for_update(no_key=True, of=["self"]).select_related("revision").get(pk=item.pk)
    cards = list(HelpCard.objects.open().filter(item=item).select_for_update(no_key=True, of=["self"]))
    if not all(can_close_help_card(by, card) for card in cards):
        raise PermissionDenied
    mine = [card for card in cards if not card.is_closed_for(by)]
    if not mine:
        refuse_to_close(item)
    for card in mine:
        _close(card, by)
    if again_at:
        FollowUp.objects.create(
            person=mine[0].person, post=mine[0].post, card=mine[0], by=by, assessment=assessment, due_at=again_at
        )
    elif assessment:
        item.private_notes.create(by=by, text=assessment)
    if not HelpCard.objects.open().filter(item=item).exists():
        close_crisis_item(item, by, decided=_is_decided(item))
    return mine


def refuse_to_close(item: ReviewItem) -> NoReturn:
    """Raise CardRefused with the reason why a clinician has nothing to close on this item."""
    if HelpCard.objects.open().filter(item=item).exists():
        raise CardRefused("You have already closed this for your part. A second clinician is needed.")
    raise CardRefused("Two clinicians have already closed this.")


def _close(card: HelpCard, by: User) -> None:
    which = "second_closed" if card.closed_at else "closed"
    setattr(card, f"{which}_by", by)
    setattr(card, f"{which}_at", timezone.now())
    card.save(update_fields=[f"{which}_by", f"{which}_at"])


def _is_decided(item: ReviewItem) -> bool:
    """Whether nothing but the card kept the item open: its text, question, report or appeal has been answered."""
    if item.revision:
        return item.revision.state not in (PostRevision.State.WAITING, PostRevision.State.SHOWN)
    return item.kind == ReviewItem.Kind.DANGER or not _still_asks(item)


def _still_asks(item: ReviewItem) -> bool:
    if item.experience:
        return item.experience.state == Experience.State.WAITING
    if item.question:
        return item.question.answered_at is None
    if item.appeal:
        return item.appeal.state == "open"
    if item.note:
        return item.note.state == "shown"
    return item.kind in (ReviewItem.Kind.REPORT, ReviewItem.Kind.FOLLOW_UP, ReviewItem.Kind.NOTE)


def mark_opened(card: HelpCard, *, by_link: bool) -> None:
    """Note the first time that the card was opened: after logging in, or by the link in the mail."""
    field = "link_opened_at" if by_link else "opened_at"
    HelpCard.objects.filter(pk=card.pk, **{field: None}).update(**{field: timezone.now()})
