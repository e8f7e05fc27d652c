import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from accounts.models import Notification, OutboxEmail, User
from accounts.notifications.inbox import queue_emails
from forum.management.demo import (
    MODERATORS,
    VISITORS_QUESTION,
    read_demo_experiences,
    read_demo_schedules,
    read_demo_threads,
)
from forum.models import (
    Category,
    Decision,
    Duty,
    Experience,
    Mention,
    Post,
    PostRevision,
    Thread,
    ThreadSchedule,
    VisitorQuestion,
)
from forum.permissions import can_host_thread
from forum.publishing.waiting_time import waiting_time
from forum.triage.detection import detect


@pytest.fixture(scope="module")
def loaded_community(module_transaction, django_db_blocker):
    outbox = "accounts.notifications.mail_backend.OutboxBackend"
    with django_db_blocker.unblock(), override_settings(DEBUG=True, EMAIL_BACKEND=outbox):
        for name in ("load_triage", "load_forum", "demo_accounts", "demo_forum"):
            call_command(name, stdout=StringIO())


@pytest.fixture
def community(loaded_community, db, settings):
    settings.DEBUG = True


def test_the_demo_forum_contains_every_kind_of_thread_and_post(community):
    assert Thread.objects.count() == len(read_demo_threads()) + 1  # and a visitor's question
    assert set(Category.objects.filter(thread_count__gt=0)) == set(Category.objects.filter(for_visitors=False))
    states = set(Post.objects.values_list("state", flat=True))
    assert states == {"waiting", "published", "rejected", "deleted", "removed"}
    assert set(PostRevision.objects.values_list("state", flat=True)) == {"waiting", "approved", "changes", "rejected"}
    assert Thread.objects.filter(members_only=True, state="open").exists()
    assert Thread.objects.filter(answer__isnull=False).count() >= 5
    assert Post.objects.filter(alias__isnull=False).exists()
    assert sorted(m.user.display_name for m in Mention.objects.select_related("user")) == ["Marlow", "Noah"]
    assert Post.objects.filter(live_revision__warning__gt="").exists()
    assert Post.objects.filter(edited_at__isnull=False).exists()
    assert Duty.objects.now().exists()
    assert sorted(Experience.objects.values_list("author__display_name", "state")) == [
        ("Blue Kettle", "shown"),
        ("Wren", "waiting"),
    ]
    assert VisitorQuestion.objects.get().post.state == "waiting"


def test_the_demo_has_schedules_whose_texts_match_no_triage_rule(community):
    schedules = {schedule.title: schedule for schedule in ThreadSchedule.objects.select_related("host", "category")}
    assert list(schedules) == ["Ask a clinician", "Families’ Sunday", "First month", "Friday small win", "Monday plan"]
    assert schedules["Monday plan"].host.display_name == "Dr. Okafor"
    for schedule in schedules.values():
        schedule.full_clean()
        assert can_host_thread(schedule.host, schedule.category)
        assert [f.rule.key for f in detect({"title": schedule.title, "body": schedule.body}) if f.rule] == []


def test_demo_posts_are_backdated_in_order_and_counters_are_correct(community):
    now = timezone.now()
    assert not Post.objects.filter(created_at__gt=now).exists()
    assert not Decision.objects.filter(decided_at__gt=now).exists()
    for thread in Thread.objects.filter(state="open"):
        posts = list(thread.posts.filter(position__isnull=False).order_by("position"))
        assert [p.position for p in posts] == list(range(1, len(posts) + 1))
        assert [p.published_at for p in posts] == sorted(p.published_at for p in posts)
        assert thread.published_at == posts[0].published_at > posts[0].created_at == thread.created_at
    call_command("recount", check=True, stdout=StringIO())
    assert 8 * 60 <= waiting_time().total_seconds() <= 55 * 60


def test_no_moderator_decides_on_own_posts_and_no_email_is_sent(community):
    assert [d for d in Decision.objects.select_related("revision__post") if d.by_id == d.revision.post.author_id] == []
    assert Notification.objects.exists()
    assert (queue_emails(), OutboxEmail.objects.count()) == (0, 0)


def test_running_the_command_again_changes_nothing(community):
    call_command("demo_forum", stdout=StringIO())
    assert Thread.objects.count() == len(read_demo_threads()) + 1  # and a visitor's question


def said():
    yield "maya", f"{VISITORS_QUESTION.title} {VISITORS_QUESTION.body}"
    for row in read_demo_experiences():
        yield row["by"], row["text"]
    for row in read_demo_schedules():
        yield row["host"], f"{row['title']} {row['body']}"
    for thread in read_demo_threads():
        for row in (thread, *thread.get("replies", [])):
            yield (
                row["by"],
                " ".join(str(row.get(name, "")) for name in ("title", "body", "edit", "edit_waits", "note")),
            )


def test_demo_texts_contain_no_stigmatizing_words_doses_or_contact_details():
    text = "\n".join(words for _, words in said())
    assert re.findall(r"\b(addicts?|junkies?|clean|dirty|alcoholics?|abusers?|drunks?)\b", text, re.IGNORECASE) == []
    assert re.findall(r"\b\d+([.,]\d+)? ?(mg|milligrams?|ml|hours?|pills?|tablets?)\b", text, re.IGNORECASE) == []
    assert re.findall(r"[^\s(]@|@\S*\.\w|https?:|\+?\d[\d -]{6,}", text) == []


def test_demo_authors_exist_and_clinicians_have_badges(community):
    assert {name for name, _ in said()} <= {u.email.partition("@")[0] for u in User.objects.all()}
    named = Post.objects.filter(author__email__in=[f"{n}@example.org" for n in MODERATORS])
    assert set(named.values_list("written_as_clinician", flat=True)) == {"physician", "pharmacist"}
