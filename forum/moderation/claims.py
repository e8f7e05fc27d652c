"""Claims: a ten-minute lease on a review item."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, Q, When
from django.utils import timezone

from accounts.models import User
from forum.models import ItemView, PrivateNote, ReviewItem
from forum.moderation.assignment import prefer_lighter
from forum.moderation.decide import Superseded, item_for_update
from forum.notifications.kinds import tell_taken_over
from forum.permissions import can_moderate


@transaction.atomic
def claim(item: ReviewItem, *, by: User) -> ReviewItem:
    """Claim `item` for `by`, or renew the claim. Raise PermissionDenied, and Superseded if someone else has claimed it."""
    item = item_for_update(item, by)
    if item.claimed_by_another(by):
        raise Superseded("Another moderator is working on it. You can take it over on its page.")
    return _claim(item, by)


@transaction.atomic
def take_over(item: ReviewItem, *, by: User) -> ReviewItem:
    """Claim `item` even if someone else has claimed it, and notify them. Raise PermissionDenied and Superseded."""
    item = item_for_update(item, by)
    other = item.claimed_by if item.claimed_by_another(by) else None
    if other:
        item.private_notes.create(kind=PrivateNote.Kind.TAKEN_OVER, by=by, to=other)
        tell_taken_over(item, other)
    return _claim(item, by)


@transaction.atomic
def release(item: ReviewItem, *, by: User) -> bool:
    """Release the claim if it belongs to `by`. Return whether it did."""
    own = ReviewItem.objects.open().filter(pk=item.pk, claimed_by=by)
    return bool(own.update(claimed_by=None, claimed_until=None))


@transaction.atomic
def claim_next(by: User) -> ReviewItem | None:
    """Claim the most urgent unclaimed item: by lane, then items escalated to `by`, then longest waiting.

    Rows locked by another transaction are skipped, so moderators who ask at the same moment get different items.
    Raise PermissionDenied.
    """
    if not can_moderate(by):
        raise PermissionDenied
    not_for_others = Q(escalated_to=None) | Q(escalated_to=by) | Q(escalated_at__lt=timezone.now() - _claim_duration())
    free = ReviewItem.objects.open().for_moderator(by).unclaimed().filter(not_for_others)
    mine_first = Case(When(escalated_to=by, then=0), default=1)
    best = prefer_lighter(free, by).order_by("lane", mine_first, "asked_at", "pk")
    found = best.select_for_update(no_key=True, skip_locked=True, of=["self"]).first()
    return _claim(found, by) if found else None


def _claim(item: ReviewItem, by: User) -> ReviewItem:
    item.claimed_by, item.claimed_until = by, timezone.now() + _claim_duration()
    item.save(update_fields=["claimed_by", "claimed_until"])
    ItemView.objects.get_or_create(item=item, by=by)
    return item


def _claim_duration() -> timedelta:
    return timedelta(minutes=settings.FORUM_CLAIM_MINUTES)
