from datetime import UTC, datetime, time, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from accounts.models import User
from forum.models import Category, StandingThread, Thread, ThreadSchedule
from forum.threads.standing_threads import current_standing_threads

VISITOR = AnonymousUser()
MONDAY = datetime(2026, 11, 30, 13, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def schedule(category, dr_lind):
    return ThreadSchedule.objects.create(
        title="Monday plan", body="Plans?", category=category, host=dr_lind, starts=time(13)
    )


@pytest.fixture
def opened(published, schedule, dr_lind):
    """Add the published thread of a week, counted from 30 November."""

    def opened(week=0, **fields):
        start = MONDAY + week * WEEK
        title = f"{schedule.title}, {start:%-d %B}"
        thread = published(dr_lind, f"Plans for week {week}?", title=title).thread
        fields = {"thread": thread, "period": start.date(), "starts_at": start, "closes_at": start + 2 * WEEK} | fields
        return StandingThread.objects.create(schedule=schedule, **fields)

    return opened


def page(client, address):
    return client.get(address).content.decode()


def test_the_newest_open_thread_of_each_schedule_is_current(opened, schedule, category):
    assert current_standing_threads(VISITOR) == []
    first, second = opened(0), opened(1)
    assert current_standing_threads(VISITOR) == current_standing_threads(VISITOR, category) == [second]
    Thread.objects.filter(pk=second.thread_id).update(state="locked")
    assert current_standing_threads(VISITOR) == [first]
    StandingThread.objects.filter(pk=first.pk).update(closed_at=MONDAY)
    assert current_standing_threads(VISITOR) == []


def test_a_thread_that_waits_or_is_for_members_is_shown_to_no_visitor(opened, maya, category):
    standing = opened()
    other = Category.objects.create(slug="other", title="Other", position=2)
    assert current_standing_threads(VISITOR, other) == []
    Thread.objects.update(members_only=True)
    assert (current_standing_threads(VISITOR), current_standing_threads(maya)) == ([], [standing])
    StandingThread.objects.update(thread=Thread.objects.create(category=category, author=maya))
    assert current_standing_threads(maya) == []


def test_forum_home_and_category_show_this_weeks_threads_first(client, opened, category):
    without = [page(client, reverse("forum:index")), page(client, category.get_absolute_url())]
    assert [">This week</h2>" in html for html in without] == [False, False]
    standing = opened()
    for address in (reverse("forum:index"), category.get_absolute_url()):
        html = page(client, address)
        assert html.index(">This week</h2>") < html.index(standing.thread.get_absolute_url())
        assert "with Dr. Lind · no replies yet" in html
    assert ">This week</h2>" not in page(client, f"{category.get_absolute_url()}?show=unanswered")


@pytest.mark.parametrize("number", [1, 3])
def test_more_threads_take_no_more_queries(client, opened, schedule, number, django_assert_num_queries):
    standing = opened()
    for n in range(number - 1):
        other = ThreadSchedule.objects.create(
            title=f"T{n}", body="b", category=schedule.category, host=schedule.host, starts=time(9)
        )
        thread = Thread.objects.create(
            category=schedule.category,
            author=schedule.host,
            title=f"T{n}",
            state="open",
            published_at=MONDAY,
            last_post_at=MONDAY,
        )
        standing.pk, standing.schedule, standing.thread = None, other, thread
        standing.save(force_insert=True)
    with django_assert_num_queries(1):
        found = current_standing_threads(VISITOR, schedule.category)
        assert [(row.thread.category.slug, row.thread.author.display_name) for row in found] == [
            ("starting", "Dr. Lind")
        ] * number


def test_a_clinicians_own_thread_does_not_wait_for_a_clinicians_answer(client, opened, published, maya):
    standing, question = opened(), published(maya, "Question.").thread
    html = page(client, f"{reverse('forum:threads')}?show=waiting")
    assert [thread.get_absolute_url() in html for thread in (standing.thread, question)] == [False, True]


def test_a_thread_links_to_the_one_before_and_after(client, opened):
    first, second, third = opened(0), opened(1), opened(2)
    html = page(client, second.thread.get_absolute_url())
    assert "There’s a new thread like this every week." in html
    assert f'The one before: <a href="{first.thread.get_absolute_url()}">Monday plan, 30 November</a>.' in html
    assert f'The next: <a href="{third.thread.get_absolute_url()}">Monday plan, 14 December</a>.' in html
    assert "The one before" not in page(client, first.thread.get_absolute_url())
    assert "The next" not in page(client, third.thread.get_absolute_url())


def test_a_neighbor_that_the_reader_may_not_read_is_not_linked(client, opened):
    first, second = opened(0), opened(1)
    Thread.objects.filter(pk=first.thread_id).update(members_only=True)
    assert "The one before" not in page(client, second.thread.get_absolute_url())


def test_ordinary_threads_say_nothing_of_it(client, published, maya, opened):
    opened()
    assert "There’s a new thread like this" not in page(client, published(maya, "Question.").thread.get_absolute_url())


def test_a_written_hour_is_shown_in_the_readers_time_zone(client, opened, schedule, maya):
    ThreadSchedule.objects.update(week=1)
    standing = opened(answering_minutes=60)
    addresses = [standing.thread.get_absolute_url(), reverse("forum:index")]
    for address in addresses:
        html = page(client, address)
        assert "Ask in the thread beforehand. Dr. Lind answers on" in html
        assert ">Monday 30 November, 13:00 UTC</time> to <time" in html and ">14:00 UTC</time>" in html
    assert "There’s a new thread like this every month." in page(client, addresses[0])
    User.objects.filter(pk=maya.pk).update(time_zone="Europe/Berlin")
    client.force_login(maya)
    for address in addresses:
        html = page(client, address)
        assert ">Monday 30 November, 14:00 CET</time> to <time" in html and ">15:00 CET</time>" in html
