"""The inbox says who wrote where, in one row for each thread."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse

from accounts.models import Block, Notification, User
from accounts.notifications.inbox_rows import inbox_rows
from forum.models import Subscription
from forum.posting.posts import delete_post


@pytest.fixture(autouse=True)
def _many_posts(settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 1000


@pytest.fixture
def thread(say, maya):
    found = say(maya, "Does it pass?", title="First tablet tomorrow").thread
    Notification.objects.all().delete()
    return found


def sentences(user):
    return [row.sentence for row in inbox_rows(Notification.objects.of(user))]


def test_replies_in_one_thread_are_one_row_that_names_who_wrote(say, thread, maya, noah, elif_, vera):
    say(noah, "One.", thread)
    assert sentences(maya) == ["Noah replied in your thread “First tablet tomorrow”."]
    say(elif_, "Two.", thread)
    assert sentences(maya) == ["Elif and Noah replied in your thread “First tablet tomorrow”."]
    say(vera, "Three.", thread)
    say(noah, "Four.", thread)
    assert sentences(maya) == ["Noah and 2 others replied in your thread “First tablet tomorrow”."]


def test_each_kind_has_its_own_sentence(say, thread, maya, noah, elif_, dr_lind, category):
    for member in (noah, elif_):
        Subscription.objects.create(user=member, thread=thread)
    Subscription.objects.create(user=elif_, category=category)
    say(noah, "One.", thread)
    say(maya, "@Noah thank you", thread)
    say(dr_lind, "With food.", thread)
    say(noah, "Mine.", title="Another")
    assert sentences(noah)[:3] == [
        "Your post was published. (“Another”)",
        "Dr. Lind posted in “First tablet tomorrow”, which you follow.",
        "Maya mentioned you in “First tablet tomorrow”.",
    ]
    assert sentences(elif_) == [
        "Noah started “Another” in Starting, which you follow.",
        "Dr. Lind and 2 others posted in “First tablet tomorrow”, which you follow.",
    ]
    assert "Dr. Lind, a clinician, answered in your thread “First tablet tomorrow”." in sentences(maya)


def test_an_anonymous_writer_stays_anonymous(say, thread, maya, noah):
    say(noah, "One.", thread, anonymous=True)
    assert sentences(maya) == ["Anonymous member 1 replied in your thread “First tablet tomorrow”."]


@pytest.mark.parametrize("gone", ["deleted", "muted", "blocked by", "erased"])
def test_a_post_that_is_gone_or_hidden_is_not_named(gone, say, thread, maya, noah):
    post = say(noah, "One.", thread)
    if gone == "deleted":
        delete_post(post, by=noah)
    elif gone == "muted":
        Block.objects.create(owner=maya, other=noah, kind="mute")
    elif gone == "blocked by":
        Block.objects.create(owner=noah, other=maya, kind="block")
    else:
        User.objects.filter(pk=noah.pk).update(state="erased", display_name="x")
    [sentence] = sentences(maya)
    assert "Noah" not in sentence
    assert sentence.startswith("former member replied" if gone == "erased" else "Someone replied to your thread.")


def test_rows_are_in_the_order_of_time_and_open_at_the_first_unread(say, thread, maya, noah):
    first, second = say(noah, "One.", thread), say(noah, "Two.", thread)
    [row] = inbox_rows(Notification.objects.of(maya))
    assert row.url == reverse("forum:post", args=[first.pk])
    Notification.objects.filter(subject_id=first.pk).update(read_at=F("created_at"))
    [row] = inbox_rows(Notification.objects.of(maya))
    assert (row.url, len(row.unread)) == (reverse("forum:post", args=[second.pk]), 1)
    Notification.objects.filter(subject_id=second.pk).update(created_at=F("created_at") - timedelta(days=3))
    rows = inbox_rows(Notification.objects.of(maya))
    assert [r.newest.subject_id for r in rows] == [first.pk, second.pk]  # another day, another row


def test_opening_a_row_marks_all_of_it_as_read(client, say, thread, maya, noah):
    for body in ("One.", "Two."):
        say(noah, body, thread)
    client.force_login(maya)
    page = client.get(reverse("accounts:inbox")).content.decode()
    pks = page.split('data-opens="')[1].split('"')[0].split()
    assert (len(pks), "2 new" in page) == (2, True)
    client.post(reverse("accounts:mark-read"), {"pk": pks})
    assert Notification.objects.of(maya).unread().count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_costs_the_same_for_one_reply_and_three(
    client, say, thread, maya, noah, count, django_assert_num_queries
):
    for n in range(count):
        say(noah, f"Reply {n}.", thread)
    client.force_login(maya)
    with django_assert_num_queries(6):  # session, person, messages; blocks, posts; help lines
        client.get(reverse("accounts:inbox"))
