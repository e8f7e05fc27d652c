"""Open standing threads when they are due, and close them to replies after their time. The worker's chores.

A thread goes the way of any other: its opening post is written in the host's name and waits for another moderator.
"""

import logging
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from forum.models import StandingThread, Thread, ThreadSchedule
from forum.notifications.standing_threads import tell_without_host
from forum.permissions import can_host_thread
from forum.posting.posts import PostText, start_thread
from forum.publishing.publish import move
from forum.standing_threads.periods import Occurrence, due_occurrence

log = logging.getLogger(__name__)


def open_due_threads() -> int:
    """Open what is due and return how many threads were opened. A host who has sent too many posts is asked again later."""
    opened = 0
    for schedule in ThreadSchedule.objects.active():
        try:
            opened += open_if_due(schedule)
        except ValidationError:
            log.warning("standing thread of schedule %s: its host can’t post right now, will be retried", schedule.pk)
    return opened


@transaction.atomic
def open_if_due(schedule: ThreadSchedule) -> bool:
    """Open the schedule's thread of this period once, however many workers run. Return whether this call did.

    If the host may not host, administrators are told once for each period. The thread is opened after all if they choose
    another host in time. Raise ValidationError (the limits of posts).
    """
    schedule = ThreadSchedule.objects.select_for_update(no_key=True).get(pk=schedule.pk)
    occurrence = due_occurrence(schedule, timezone.now()) if schedule.active else None
    if occurrence is None:
        return False
    standing, new = _standing_thread(schedule, occurrence)
    if standing.thread_id:
        return False
    if not can_host_thread(schedule.host, schedule.category):
        if new:
            tell_without_host(schedule)
        return False
    title = f"{schedule.title}, {occurrence.starts_at:%-d %B}"
    post = start_thread(schedule.category, PostText(schedule.body, title=title), by=schedule.host, key=uuid4())
    standing.thread = post.thread
    standing.save(update_fields=["thread"])
    return True


def close_ended_threads() -> int:
    """Close standing threads whose time is over. Return how many."""
    ended = StandingThread.objects.filter(
        closed_at=None, closes_at__lte=timezone.now(), thread__state=Thread.State.OPEN
    )
    return sum(_close(standing) for standing in ended)


@transaction.atomic
def _close(standing: StandingThread) -> bool:
    thread = Thread.objects.select_for_update(no_key=True, of=["self"]).get(standing=standing)
    if thread.state != Thread.State.OPEN:
        return False
    move(thread, Thread.State.LOCKED)
    standing.closed_at = timezone.now()
    standing.save(update_fields=["closed_at"])
    return True


def _standing_thread(schedule: ThreadSchedule, occurrence: Occurrence) -> tuple[StandingThread, bool]:
    """Return the row of this period, and whether it is new."""
    starts_at = occurrence.starts_at
    fields = {
        "starts_at": starts_at,
        "closes_at": starts_at + schedule.open_time,
        "answering_minutes": schedule.answering_minutes,
    }
    return schedule.standing_threads.get_or_create(period=occurrence.period, defaults=fields)
