"""The queue held against what waits: each thing that asks for a clinician has one open row, and no row asks for nothing.

Services open and close rows with the moves themselves; this says from the ground up what should be open, and mends it.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from forum.models import Appeal, ClinicalNote, DecisionQuestion, Post, PostRevision, Report, ReviewItem
from forum.publishing import queue_items

Kind, State = ReviewItem.Kind, PostRevision.State
READ_FIRST = [Kind.NEW, Kind.EDIT]


@transaction.atomic
def queue_faults() -> list[str]:
    """One sentence for each thing that waits without a row, and for each row that waits for nothing."""
    return [says for says, _ in _faults()]


@transaction.atomic
def mend_queue() -> list[str]:
    """Open what is missing, close what is left over; returns what was wrong. Nobody sends or decides meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE forum_reviewitem IN EXCLUSIVE MODE")
    faults = list(_faults())
    for _, mend in faults:
        mend()
    return [says for says, _ in faults]


def _faults() -> Iterator[tuple[str, Callable[[], Any]]]:
    rows = ReviewItem.objects.open()
    for ask, waiting, name, kinds in _what_waits():
        there = set(rows.filter(kind__in=kinds).values_list(name, flat=True))
        for thing in waiting.exclude(pk__in=there):
            yield f"{thing} waits without a row in the queue", partial(ask, thing)
        for row in rows.filter(kind__in=kinds, needs_second=False).exclude(**{f"{name}__in": waiting}):
            yield f"{row} waits for nothing", partial(_close, row)
    yield from _reports()
    about = Q(note__state=ClinicalNote.State.SHOWN) | Q(note=None, post__state=Post.State.PUBLISHED)
    for row in rows.filter(kind=Kind.NOTE, needs_second=False).exclude(about):
        yield f"{row} waits for nothing", partial(_close, row)


def _what_waits() -> list[tuple[Callable[[Any], Any], QuerySet[Any], str, Sequence[str]]]:
    revisions = PostRevision.objects.all()
    return [
        (queue_items.ask_about_revision, revisions.filter(state=State.WAITING), "revision", READ_FIRST),
        (_ask_afterwards, revisions.filter(state=State.SHOWN), "revision", [Kind.AFTER]),
        (queue_items.ask_about_appeal, Appeal.objects.filter(state=Appeal.State.OPEN), "appeal", [Kind.APPEAL]),
        (
            queue_items.ask_about_question,
            DecisionQuestion.objects.filter(answered_at=None),
            "question",
            [Kind.QUESTION],
        ),
    ]


def _ask_afterwards(revision: PostRevision) -> None:
    queue_items.ask_about_revision(revision)
    queue_items.settle(revision)


def _reports() -> Iterator[tuple[str, Callable[[], Any]]]:
    """All open reports on one post or member share a row."""
    rows = ReviewItem.objects.open().filter(kind=Kind.REPORT)
    asked = set(rows.values_list("post", "member"))
    waiting = {(report.post_id, report.member_id): report for report in Report.objects.open().order_by("-pk")}
    for about, report in waiting.items():
        if about not in asked:
            yield f"{report} waits without a row in the queue", partial(queue_items.ask_about_report, report)
    for row in rows.filter(needs_second=False):
        if (row.post_id, row.member_id) not in waiting:
            yield f"{row} waits for nothing", partial(_close, row)


def _close(row: ReviewItem) -> None:
    done = {"state": ReviewItem.State.CLOSED, "closed_at": timezone.now(), "claimed_by": None, "claimed_until": None}
    ReviewItem.objects.filter(pk=row.pk).update(**done)
