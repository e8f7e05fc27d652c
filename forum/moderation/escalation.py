"""Escalation: pass an item to a colleague, or put it back in the queue."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import MODERATORS
from forum.models import Duty, PrivateNote, ReviewItem
from forum.moderation.text_decisions import item_for_update
from forum.notifications.kinds import tell_escalated
from forum.permissions import can_decide_item


def eligible_colleagues(item: ReviewItem, *, of: User) -> list[User]:
    """Other moderators who may decide `item`, those on duty first."""
    others = User.objects.filter(groups__name=MODERATORS, is_active=True).exclude(pk=of.pk).order_by("display_name")
    on_duty = set(Duty.objects.now().values_list("moderator", flat=True))
    return sorted((u for u in others if can_decide_item(u, item)), key=lambda u: u.pk not in on_duty)


@transaction.atomic
def escalate(item: ReviewItem, *, by: User, to: User, note: str) -> PrivateNote:
    """Ask a colleague to decide. Others can still take the item. Raise PermissionDenied and Superseded."""
    item = item_for_update(item, by)
    if to == by or not can_decide_item(to, item):
        raise PermissionDenied
    _release(item, escalated_to=to, escalated_at=timezone.now())
    tell_escalated(item, to)
    return item.private_notes.create(kind=PrivateNote.Kind.ESCALATED, by=by, to=to, text=note)


@transaction.atomic
def hand_back(item: ReviewItem, *, by: User, note: str = "") -> PrivateNote:
    """Put an item back undecided, and notify the colleague who escalated it."""
    item = item_for_update(item, by)
    asked = item.private_notes.filter(kind=PrivateNote.Kind.ESCALATED, to=by).last()
    _release(item, escalated_to=None, escalated_at=None)
    if asked:
        tell_escalated(item, asked.by)
    return item.private_notes.create(
        kind=PrivateNote.Kind.HANDED_BACK, by=by, to=asked.by if asked else None, text=note
    )


def _release(item: ReviewItem, **also: object) -> None:
    item.claimed_by, item.claimed_until = None, None
    for name, value in also.items():
        setattr(item, name, value)
    item.save(update_fields=["claimed_by", "claimed_until", *also])
