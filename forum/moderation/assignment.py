"""Heavy items are shared out, and who had many of them is asked whether they would like a break."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from forum.models import Duty, Lane, ReviewItem
from forum.models.appeals import DutyQuerySet
from forum.models.queue import ReviewItemQuerySet
from forum.publishing.queue_items import promised_time

WATCH = timedelta(hours=4)  # what lies further back has been slept over or walked off


def spread(free: ReviewItemQuerySet, by: User) -> ReviewItemQuerySet:
    """What Next may hand out: after FORUM_HEAVY_IN_A_ROW red items something lighter, while a colleague on duty has a hand free.

    Nobody in danger waits for it: a red item over half its promise, one that a colleague asked this person to take, and one
    where nothing else waits are handed out all the same.
    """
    if not _only_heavy_lately(by) or not _a_colleague_is_free(by):
        return free
    young = Q(lane=Lane.RED, asked_at__gt=timezone.now() - promised_time(Lane.RED) / 2)
    lighter = free.exclude(young & ~Q(escalated_to=by))
    return lighter if lighter.exists() else free


def heavy_since_a_break(user: User) -> int:
    """How many red items this person closed since they last came on duty or went off, at most in the last four hours."""
    return _closed_by(user).filter(lane=Lane.RED).filter(~Exists(_break_after_it(user))).count()


def needs_a_break(user: User) -> bool:
    return heavy_since_a_break(user) >= settings.FORUM_BREAK_AFTER_HEAVY


def _closed_by(user: User) -> ReviewItemQuerySet:
    return ReviewItem.objects.filter(closed_by=user, closed_at__gt=timezone.now() - WATCH)


def _break_after_it(user: User) -> DutyQuerySet:
    """A duty of theirs that began or ended after the item was closed."""
    now = timezone.now()
    began = Q(starts_at__gte=OuterRef("closed_at"), starts_at__lte=now)
    ended = Q(ends_at__gte=OuterRef("closed_at"), ends_at__lte=now)
    return Duty.objects.filter(began | ended, moderator=user)


def _only_heavy_lately(user: User) -> bool:
    most = settings.FORUM_HEAVY_IN_A_ROW
    lanes = list(_closed_by(user).order_by("-closed_at").values_list("lane", flat=True)[:most])
    return most > 0 and lanes == [Lane.RED] * most


def _a_colleague_is_free(user: User) -> bool:
    """Somebody else on duty who has nothing open."""
    busy = ReviewItem.objects.open().filter(claimed_by=OuterRef("moderator"), claimed_until__gt=timezone.now())
    return Duty.objects.now().of_moderators().exclude(moderator=user).exclude(Exists(busy)).exists()
