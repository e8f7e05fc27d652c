"""Concurrent members and moderators, each on their own PostgreSQL connection."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from forum.models import Category, Post, PostRevision, ReadMark, Thread
from forum.moderation.text_decisions import Superseded, approve
from forum.posting.posts import PostText, edit_post, reply, start_thread
from forum.publishing.recount import differences, recount
from tests.conftest import person
from tests.simultaneous import at_once, errors

pytestmark = pytest.mark.django_db(transaction=True)


def positions(thread):
    return list(thread.posts.filter(position__isnull=False).order_by("published_at").values_list("position", flat=True))


def test_fifty_concurrent_replies_and_two_moderators_deciding_concurrently(say, maya, dr_okafor, dr_lind, category):
    thread = say(maya, "Question.").thread
    members = [person(f"member{n}", f"Member {n}") for n in range(50)]

    def send(member, n):
        return lambda: reply(thread, PostText(f"Reply {n}.", anonymous=n % 5 == 0), by=member, key=uuid4())

    sent = at_once(*(send(member, n) for n, member in enumerate(members)))
    assert errors(sent) == []
    aliases = [post.alias for post in sent if post.alias]
    assert sorted(aliases) == list(range(1, 11))

    def decide(by, revisions):
        def all_of_them():
            return [revision.pk for revision in revisions if not tried(revision, by)]

        return all_of_them

    def tried(revision, by):
        try:
            return bool(approve(revision, by=by))
        except Superseded:
            return False

    waiting = list(PostRevision.objects.filter(state="waiting"))
    late = at_once(decide(dr_okafor, waiting), decide(dr_lind, waiting[::-1]), decide(dr_okafor, waiting[25:]))
    assert errors(late) == []
    assert sum(map(len, late)) == 75  # 50 of 125 attempts succeeded
    thread.refresh_from_db()
    assert positions(thread) == list(range(1, 52))
    assert (thread.last_position, thread.post_count, differences(category)) == (51, 51, [])


def test_a_form_sent_concurrently_many_times_makes_one_post(say, maya, noah, category):
    thread, key, other = say(maya, "Question.").thread, uuid4(), uuid4()
    sent = at_once(*[lambda: reply(thread, PostText("Answer."), by=noah, key=key).pk] * 8)
    assert (errors(sent), len(set(sent)), noah.posts.count()) == ([], 1, 1)
    sent = at_once(*[lambda: start_thread(category, PostText("Hi.", title="Hi"), by=noah, key=other).pk] * 8)
    assert (errors(sent), len(set(sent)), noah.posts.count(), Thread.objects.count()) == ([], 1, 2, 2)


def test_the_hourly_limit_holds_against_concurrent_posts(say, maya, noah, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 5
    thread = say(maya, "Question.").thread
    sent = at_once(*[(lambda n=n: reply(thread, PostText(f"Spam {n}."), by=noah, key=uuid4())) for n in range(12)])
    assert [type(error) for error in errors(sent)] == [ValidationError] * 7
    assert noah.posts.count() == 5


def test_concurrent_publication_keeps_category_counters_correct(say, category, dr_okafor, dr_lind):
    members = [person(f"member{n}", f"Member {n}") for n in range(12)]
    waiting = [say(who, "Question.", public=False).revisions.get() for who in members]
    acts = [(lambda r=r, n=n: approve(r, by=(dr_okafor, dr_lind)[n % 2])) for n, r in enumerate(waiting)]
    assert errors(at_once(*acts)) == []
    assert differences(category) == []
    category.refresh_from_db()
    assert (category.thread_count, category.post_count) == (12, 12)
    assert category.last_thread == Thread.objects.order_by("-last_post_at")[0]


def test_an_edit_in_progress_does_not_block_a_decision_on_the_authors_other_post(say, maya, dr_okafor):
    """Both write a row that references the author. With stronger locks they could wait for each other."""
    public, waiting = say(maya, "One."), say(maya, "Two.", public=False)

    def decide():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '3s'")
        return approve(waiting.revisions.get(), by=dr_okafor)

    with transaction.atomic():
        edit_post(public, PostText("Better.", title="T"), by=maya)
        assert errors(at_once(decide)) == []


def test_concurrent_edits_and_approvals_of_a_post_never_deadlock(say, maya, dr_okafor, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 100
    post = say(maya, "First.", public=False)

    def decide():
        for _ in range(20):
            revision = post.revisions.order_by("-number")[0]
            try:
                approve(revision, by=dr_okafor)
            except Superseded:
                continue

    def edit():
        for n in range(10):
            edit_post(post, PostText(f"Edit {n}.", title="T"), by=maya)

    assert errors(at_once(decide, edit)) == []
    live = Post.objects.get(pk=post.pk).live_revision
    approved = post.revisions.filter(state="approved").order_by("-number").first()
    assert live == approved


def test_recounting_while_posts_arrive_loses_none(say, maya, noah, category, dr_okafor, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 100
    thread = say(maya, "Question.").thread
    waiting = [say(noah, f"Reply {n}.", thread, public=False).revisions.get() for n in range(30)]
    Category.objects.update(post_count=0)
    Thread.objects.update(post_count=0)
    acts = [lambda: [approve(r, by=dr_okafor) for r in waiting], lambda: [recount(category) for _ in range(15)]]
    assert errors(at_once(*acts)) == []
    thread.refresh_from_db()
    assert (thread.post_count, differences(category)) == (31, [])


def test_a_post_approved_late_is_unread_when_it_appears(say, maya, noah, dr_lind):
    thread = say(maya, "Question.").thread
    sent = [say(noah, f"Reply {n}.", thread, public=False) for n in range(3)]
    approve(sent[2].revisions.get(), by=dr_lind)
    mark = ReadMark.objects.create(user=maya, thread=thread, position=2)
    for post in (sent[1], sent[0]):
        approve(post.revisions.get(), by=dr_lind)
    order = list(Post.objects.in_thread(thread).values_list("live_revision__body", flat=True))
    assert order == ["Question.", "Reply 2.", "Reply 1.", "Reply 0."]
    unread = Post.objects.in_thread(thread).filter(position__gt=mark.position)
    assert list(unread) == [sent[1], sent[0]]
    times = list(Post.objects.in_thread(thread).values_list("published_at", flat=True))
    assert times == sorted(times)
