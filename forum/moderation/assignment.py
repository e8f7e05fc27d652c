"""Workload: share RED items among moderators, and suggest breaks."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from accounts.permissions import credential_in_force
from forum.models import Duty, Lane, ReviewItem
from forum.models.queue import ReviewItemQuerySet
from forum.models.team import DutyQuerySet
from forum.publishing.queue_items import promised_time

LOOKBACK = timedelta(hours=4)  # older items no longer count towards a break


def passed_to(moderator: User) -> Q:
    """Match items that were passed to the moderator, by name or by profession."""
    credential = credential_in_force(moderator)
    by_name = Q(escalated_to=moderator)
    return by_name | Q(escalated_to_profession=credential.profession) if credential else by_name


def prefer_lighter(free: ReviewItemQuerySet, by: User) -> ReviewItemQuerySet:
    """Exclude RED items if `by` just closed FORUM_HEAVY_IN_A_ROW of them and a colleague on duty is free.

    No one in danger waits for this: items past half their promised time, items passed to `by`, and RED items when nothing
    else is open stay included.
    """
    if not _closed_only_heavy_items(by) or not _colleague_is_free(by):
        return free
    young = Q(lane=Lane.RED, asked_at__gt=timezone.now() - promised_time(Lane.RED) / 2)
    lighter = free.exclude(young & ~passed_to(by))
    return lighter if lighter.exists() else free


def heavy_items_since_break(user: User, *, since: datetime | None = None) -> int:
    """Count the RED items that `user` closed in the last four hours, since their last shift began or ended, and after `since`."""
    closed = _closed_by(user).filter(lane=Lane.RED).filter(~Exists(_breaks_after_item(user)))
    return (closed.filter(closed_at__gt=since) if since else closed).count()


def needs_break(user: User, *, since: datetime | None = None) -> bool:
    return heavy_items_since_break(user, since=since) >= settings.FORUM_BREAK_AFTER_HEAVY


def _closed_by(user: User) -> ReviewItemQuerySet:
    return ReviewItem.objects.filter(closed_by=user, closed_at__gt=timezone.now() - LOOKBACK)


def _breaks_after_item(user: User) -> DutyQuerySet:
    """Shifts of `user` that began or ended after the outer item was closed."""
    now = timezone.now()
    began = Q(starts_at__gte=OuterRef("closed_at"), starts_at__lte=now)
    ended = Q(ends_at__gte=OuterRef("closed_at"), ends_at__lte=now)
    return Duty.objects.filter(began | ended, moderator=user)


def _closed_only_heavy_items(user: User) -> bool:
    limit = settings.FORUM_HEAVY_IN_A_ROW
    lanes = list(_closed_by(user).order_by("-closed_at").values_list("lane", flat=True)[:limit])
    return limit > 0 and lanes == [Lane.RED] * limit


def _colleague_is_free(user: User) -> bool:
    """Whether another moderator on duty has no claimed item."""
    busy = ReviewItem.objects.open().filter(claimed_by=OuterRef("moderator"), claimed_until__gt=timezone.now())
    return Duty.objects.now().of_moderators().exclude(moderator=user).exclude(Exists(busy)).exists()
