"""Pages of threads and posts, each one range scan of an index: no OFFSET and no COUNT, however long the thread."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from forum.models import Category, Decision, Post, Thread

PER_PAGE = 20
WEEK = timedelta(days=7)
SAMPLE = 200


@dataclass(frozen=True)
class Page:
    """Posts of one page of a thread, with what a reader needs to turn it."""

    posts: list[Post]
    number: int
    last: int


def page_of(position: int) -> int:
    return (position - 1) // PER_PAGE + 1


def posts_of_page(thread: Thread, number: str) -> Page:
    """Page `number` by position; a number that does not exist gives the nearest page that does."""
    last = page_of(max(thread.last_position, 1))
    wanted = min(max(int(number) if number.isdecimal() and len(number) < len(str(last)) + 2 else 1, 1), last)
    first = (wanted - 1) * PER_PAGE + 1
    posts = Post.objects.in_thread(thread).select_related("author", "live_revision", "quoted__author")
    return Page(list(posts.between(first, first + PER_PAGE - 1)), wanted, last)


def threads_page(category: Category, user: Any, *, before: str) -> tuple[list[Thread], str]:
    """Threads by last publication, newest first, and the key of the next page or an empty string."""
    rows = Thread.objects.visible_to(user).filter(category=category).select_related("author").newest_first()
    moment, _, pk = before.partition("_")
    if pk.isdecimal() and (known := _moment(moment)):
        rows = rows.filter(Q(last_post_at__lt=known) | Q(last_post_at=known, pk__lt=int(pk)))
        rows = rows.filter(last_post_at__lte=known)  # says nothing new, but an index can begin there
    found = list(rows[: PER_PAGE + 1])
    if len(found) <= PER_PAGE:
        return found, ""
    last = found[PER_PAGE - 1]
    return found[:PER_PAGE], f"{last.last_post_at.isoformat()}_{last.pk}"  # type: ignore[union-attr]


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if timezone.is_aware(found) else None


def waiting_time() -> timedelta | None:
    """The median of how long posts waited for a decision in the last seven days; None where none was decided."""
    return cache.get_or_set("forum:waiting", _waiting_time, 60)


def _waiting_time() -> timedelta | None:
    first_reading = [Decision.Action.APPROVED, Decision.Action.CHANGES, Decision.Action.REJECTED]
    recent = Decision.objects.filter(decided_at__gt=timezone.now() - WEEK, action__in=first_reading).order_by(
        "-decided_at"
    )
    waits = list(recent.values_list("waited", flat=True)[:SAMPLE])
    return median(waits) if waits else None  # type: ignore[type-var]
