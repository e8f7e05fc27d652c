"""Compare the review queue with what waits and repair it: one open item for each thing that waits, and no other."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import NameChange
from forum.models import (
    Appeal,
    ClinicalNote,
    DecisionQuestion,
    Experience,
    Lane,
    Post,
    PostRevision,
    Report,
    ReviewItem,
)
from forum.publishing import queue_items

Kind, State = ReviewItem.Kind, PostRevision.State
READ_FIRST = [Kind.NEW, Kind.EDIT]


@transaction.atomic
def find_queue_faults() -> list[str]:
    """Return a sentence for each thing that waits without an item and each open item for which nothing waits."""
    return [sentence for sentence, _ in _faults()]


@transaction.atomic
def repair_queue() -> list[str]:
    """Open missing items and close leftover ones; return what was wrong. Locks out posting and deciding meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE forum_reviewitem IN EXCLUSIVE MODE")
    faults = list(_faults())
    for _, repair in faults:
        repair()
    return [sentence for sentence, _ in faults]


def _faults() -> Iterator[tuple[str, Callable[[], Any]]]:
    """What is wrong. A RED item is never left over: a clinician closes it, whatever its author did."""
    rows = ReviewItem.objects.open()
    lower = {"needs_second": False, "lane__gt": Lane.RED}
    for open_item, waiting, name, kinds in _waiting():
        with_item = set(rows.filter(kind__in=kinds).values_list(name, flat=True))
        for thing in waiting.exclude(pk__in=with_item):
            yield f"{thing} waits without a review item", partial(open_item, thing)
        for row in rows.filter(kind__in=kinds, **lower).exclude(**{f"{name}__in": waiting}):
            yield f"{row} is open, but nothing waits for it", partial(_close, row)
    yield from _reports()
    about = Q(note__state=ClinicalNote.State.SHOWN) | Q(note=None, post__state=Post.State.PUBLISHED)
    for row in rows.filter(kind=Kind.NOTE, **lower).exclude(about):
        yield f"{row} is open, but nothing waits for it", partial(_close, row)


def _waiting() -> list[tuple[Callable[[Any], Any], QuerySet[Any], str, Sequence[str]]]:
    revisions = PostRevision.objects.all()
    return [
        (queue_items.open_revision_item, revisions.filter(state=State.WAITING), "revision", READ_FIRST),
        (_open_after_item, revisions.filter(state=State.SHOWN), "revision", [Kind.AFTER]),
        (queue_items.open_appeal_item, Appeal.objects.filter(state=Appeal.State.OPEN), "appeal", [Kind.APPEAL]),
        (
            queue_items.open_question_item,
            DecisionQuestion.objects.filter(answered_at=None),
            "question",
            [Kind.QUESTION],
        ),
        (queue_items.open_name_item, NameChange.objects.open(), "name_change", [Kind.NAME]),
        (queue_items.open_experience_item, Experience.objects.waiting(), "experience", [Kind.EXPERIENCE]),
    ]


def _open_after_item(revision: PostRevision) -> None:
    queue_items.open_revision_item(revision)
    queue_items.sync_queue(revision)


def _reports() -> Iterator[tuple[str, Callable[[], Any]]]:
    """All open reports on one post or member share an item."""
    rows = ReviewItem.objects.open().filter(kind=Kind.REPORT)
    with_item = set(rows.values_list("post", "member"))
    waiting = {(report.post_id, report.member_id): report for report in Report.objects.open().order_by("-pk")}
    for about, report in waiting.items():
        if about not in with_item:
            yield f"{report} waits without a review item", partial(queue_items.open_report_item, report)
    for row in rows.filter(needs_second=False, lane__gt=Lane.RED):
        if (row.post_id, row.member_id) not in waiting:
            yield f"{row} is open, but nothing waits for it", partial(_close, row)


def _close(row: ReviewItem) -> None:
    done = {"state": ReviewItem.State.CLOSED, "closed_at": timezone.now(), "claimed_by": None, "claimed_until": None}
    ReviewItem.objects.filter(pk=row.pk).update(**done)
