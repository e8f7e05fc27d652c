from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Credential, Notification
from config.settings import base
from forum.models import Post, ReviewItem, StandingThread, Thread, ThreadSchedule
from forum.moderation.post_removal import unlock
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, reply
from forum.standing_threads.lifecycle import close_ended_threads, open_due_threads, open_if_due
from tests.conftest import person
from tests.simultaneous import at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def starting_in(schedule, delta, **fields):
    """Let the schedule's next thread start this long from now."""
    start = timezone.now() + delta
    clock = {"weekday": start.weekday(), "starts": start.time(), "time_zone": "UTC"}
    ThreadSchedule.objects.filter(pk=schedule.pk).update(**clock, made_at=start - 30 * DAY, **fields)
    schedule.refresh_from_db()


@pytest.fixture
def due(schedule):
    starting_in(schedule, 20 * HOUR)
    return schedule


def test_the_chores_are_the_workers():
    chores = {
        "forum.standing_threads.lifecycle.open_due_threads",
        "forum.standing_threads.lifecycle.close_ended_threads",
    }
    assert chores <= set(base.WORKER_CHORES)


def test_a_thread_is_opened_once_in_its_hosts_name_and_waits_for_another_moderator(due, dr_okafor, dr_lind, maya):
    assert [open_due_threads(), open_due_threads()] == [1, 0]
    standing, post = StandingThread.objects.get(), Post.objects.get()
    day = standing.starts_at
    assert (standing.thread, standing.period) == (post.thread, (day - day.weekday() * DAY).date())
    assert (post.author, post.written_as_clinician, post.state) == (dr_okafor, "physician", "waiting")
    revision = post.revisions.get()
    assert (revision.title, revision.body) == (f"Monday plan, {day:%-d %B}", "What is your plan for this week?")
    items = ReviewItem.objects.undecided()
    assert [items.for_moderator(by).count() for by in (dr_okafor, dr_lind)] == [0, 1]
    approve(revision, by=dr_lind)
    thread = Thread.objects.visible_to(maya).get()
    assert reply(thread, PostText("A walk each morning."), by=maya, key=post.key).state == "waiting"


def test_two_workers_open_one_thread(transactional_db, due):
    opened = at_once(*[lambda: open_if_due(due)] * 4)
    assert (sorted(opened), Thread.objects.count()) == ([False, False, False, True], 1)


def test_the_database_refuses_a_second_thread_in_a_period(due):
    open_due_threads()
    standing = StandingThread.objects.get()
    standing.pk, standing.thread = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        standing.save(force_insert=True)


def test_changing_the_day_in_the_same_week_opens_no_second_thread(due):
    open_due_threads()
    start = timezone.now() + 20 * HOUR
    ThreadSchedule.objects.update(starts=(start - HOUR).time(), weekday=(start - HOUR).weekday())
    same_week = start.isocalendar()[1] == (start - HOUR).isocalendar()[1]
    assert open_due_threads() == int(not same_week)


@pytest.mark.parametrize(
    ("delta", "fields", "opened"),
    [
        (25 * HOUR, {}, 0),  # not yet
        (-2 * DAY, {}, 1),  # missed in an outage: opened late
        (-4 * DAY, {}, 0),  # skipped
        (-HOUR, {"answering_minutes": 60}, 0),  # a written hour that has begun
        (20 * HOUR, {"active": False}, 0),
    ],
)
def test_what_is_opened_now_and_after_an_outage(schedule, delta, fields, opened):
    starting_in(schedule, delta, **fields)
    assert open_due_threads() == opened


def test_without_its_hosts_right_administrators_are_told_once_and_another_host_helps(due, dr_okafor, dr_lind):
    admin = person("admin", "Ada", is_superuser=True, is_staff=True)
    Credential.objects.filter(user=dr_okafor).update(expires_at=timezone.now() - DAY)
    assert [open_due_threads(), open_due_threads(), Thread.objects.count()] == [0, 0, 0]
    notice = Notification.objects.get(recipient=admin)
    assert notice.url == reverse("admin:forum_threadschedule_change", args=[due.pk])
    assert notice.sentence.startswith("A standing thread couldn’t be opened because its host can’t moderate right now.")
    ThreadSchedule.objects.update(host=dr_lind)
    assert [open_due_threads(), Post.objects.get().author, StandingThread.objects.count()] == [1, dr_lind, 1]


def test_a_suspended_host_opens_nothing(due, vera, dr_okafor):
    dr_okafor.sanctions.create(kind="suspension", by=vera, reason="r", message="m")
    assert open_due_threads() == 0


def test_a_host_at_a_limit_does_not_hold_up_other_threads(due, category, dr_lind):
    """The same text was sent within a day, which no post may do."""
    ThreadSchedule.objects.create(title="A", body=due.body, category=category, host=due.host, starts=due.starts)
    ThreadSchedule.objects.create(title="B", body="Small wins?", category=category, host=dr_lind, starts=due.starts)
    clock = {"weekday": due.weekday, "made_at": due.made_at}
    ThreadSchedule.objects.update(**clock)
    assert open_due_threads() == 2
    assert StandingThread.objects.count() == 2


def closing(schedule, dr_lind):
    """The schedule's thread, approved, whose time is over."""
    open_due_threads()
    approve(Post.objects.get().revisions.get(), by=dr_lind)
    now = timezone.now()
    StandingThread.objects.update(starts_at=now - 14 * DAY, closes_at=now - HOUR)
    return Thread.objects.get()


def test_a_thread_is_closed_to_replies_after_its_time_and_stays_readable(due, dr_lind, maya, client):
    thread = closing(due, dr_lind)
    assert [close_ended_threads(), close_ended_threads()] == [1, 0]
    thread.refresh_from_db()
    assert (thread.state, StandingThread.objects.get().closed_at is not None) == ("locked", True)
    page = client.get(thread.get_absolute_url()).content.decode()
    assert "This thread is closed to new posts. You can still read it." in page


def test_a_thread_that_a_moderator_opens_again_stays_open(due, dr_lind):
    thread = closing(due, dr_lind)
    close_ended_threads()
    unlock(thread, by=dr_lind)
    assert close_ended_threads() == 0


def test_a_thread_that_still_waits_is_not_closed(due):
    open_due_threads()
    now = timezone.now()
    StandingThread.objects.update(starts_at=now - 14 * DAY, closes_at=now - HOUR)
    assert (close_ended_threads(), Thread.objects.get().state) == (0, "waiting")
