"""Who is at an item: claimed for some minutes, renewed while one works, let go, taken over, handed out one by one."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, Q, When
from django.utils import timezone

from accounts.models import User
from forum.models import ItemView, PrivateNote, ReviewItem
from forum.moderation.assignment import spread
from forum.moderation.decide import Superseded, locked_item
from forum.notifications.kinds import tell_taken_over
from forum.permissions import can_moderate


@transaction.atomic
def claim(item: ReviewItem, *, by: User) -> ReviewItem:
    """Mine for FORUM_CLAIM_MINUTES; a second time renews it. Raises PermissionDenied, and Superseded where another is at it."""
    item = locked_item(item, by)
    if item.claimed_by_another(by):
        raise Superseded("Another moderator has it open just now. You can take it over from its page.")
    return _hold(item, by)


@transaction.atomic
def take_over(item: ReviewItem, *, by: User) -> ReviewItem:
    """Mine from now on; whoever was at it hears of it. Raises PermissionDenied and Superseded."""
    item = locked_item(item, by)
    other = item.claimed_by if item.claimed_by_another(by) else None
    if other:
        item.private_notes.create(kind=PrivateNote.Kind.TAKEN_OVER, by=by, to=other)
        tell_taken_over(item, other)
    return _hold(item, by)


@transaction.atomic
def release(item: ReviewItem, *, by: User) -> bool:
    """Let go of one's own claim; of nobody else's. Returns whether there was one."""
    mine = ReviewItem.objects.open().filter(pk=item.pk, claimed_by=by)
    return bool(mine.update(claimed_by=None, claimed_until=None))


@transaction.atomic
def next_for(by: User) -> ReviewItem | None:
    """Claim the best item that nobody is at: RED, AMBER, GREEN; in each first what colleagues asked this person to look at.

    What another transaction holds is skipped, so moderators who ask at the same moment get different items.
    Raises PermissionDenied.
    """
    if not can_moderate(by):
        raise PermissionDenied
    mine_or_free = Q(escalated_to=None) | Q(escalated_to=by) | Q(escalated_at__lt=timezone.now() - _minutes())
    free = ReviewItem.objects.open().for_moderator(by).unclaimed().filter(mine_or_free)
    asked_me = Case(When(escalated_to=by, then=0), default=1)
    best = spread(free, by).order_by("lane", asked_me, "asked_at", "pk")
    found = best.select_for_update(no_key=True, skip_locked=True, of=["self"]).first()
    return _hold(found, by) if found else None


def _hold(item: ReviewItem, by: User) -> ReviewItem:
    item.claimed_by, item.claimed_until = by, timezone.now() + _minutes()
    item.save(update_fields=["claimed_by", "claimed_until"])
    ItemView.objects.get_or_create(item=item, by=by)
    return item


def _minutes() -> timedelta:
    return timedelta(minutes=settings.FORUM_CLAIM_MINUTES)
