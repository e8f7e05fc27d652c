import random
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from forum.models import Category, Post, PostRevision, Thread
from forum.moderation import post_removal
from forum.moderation.text_decisions import Superseded, approve, ask_for_changes, reject
from forum.posting.posts import PostText, delete_post, edit_post, reply, start_thread, withdraw_post
from forum.publishing.recount import Difference, differences, recount
from tests.effort import examples

S = Post.State


class Walk:
    """Random actions by members and moderators in two categories."""

    def __init__(self, seed, members, moderators):
        self.random = random.Random(seed)  # not for security
        self.members, self.moderators, self.count = members, moderators, 0

    def text(self):
        self.count += 1
        return PostText(f"Words {self.count}.", title=f"Title {self.count}", anonymous=self.random.random() < 0.2)

    def any(self, rows):
        return self.random.choice(found) if (found := list(rows.order_by("pk"))) else None

    def step(self):
        actions = [self.start, *[self.reply] * 3, *[self.decide] * 4, self.edit, self.delete, self.remove, self.lock]
        self.random.choice(actions)()

    def start(self):
        category = self.any(Category.objects.all())
        start_thread(category, self.text(), by=self.random.choice(self.members), key=uuid4())

    def reply(self):
        if thread := self.any(Thread.objects.filter(state="open")):
            reply(thread, self.text(), by=self.random.choice(self.members), key=uuid4())

    def decide(self):
        """Decide on any waiting revision, not the oldest. Skips revisions of posts removed meanwhile."""
        if revision := self.any(PostRevision.objects.filter(state="waiting")):
            with suppress(Superseded):
                self.decide_on(revision, self.random.choice(self.moderators), self.random.random())

    def decide_on(self, revision, by, dice):
        if dice < 0.8:
            approve(revision, by=by)
        elif dice < 0.9:
            ask_for_changes(revision, by=by, reason="dose", note="Please leave out the number.")
        else:
            reject(revision, by=by, reason="spam")

    def edit(self):
        if post := self.any(Post.objects.filter(state__in=[S.WAITING, S.PUBLISHED, S.REJECTED])):
            edit_post(post, self.text(), by=post.author)

    def delete(self):
        if post := self.any(Post.objects.filter(state__in=[S.WAITING, S.PUBLISHED])):
            (withdraw_post if post.state == S.WAITING else delete_post)(post, by=post.author)

    def remove(self):
        """Remove a post, or restore it."""
        if post := self.any(Post.objects.filter(state__in=[S.PUBLISHED, S.REMOVED])):
            by = self.random.choice(self.moderators)
            post_removal.remove(post, by=by, reason="spam") if post.state == S.PUBLISHED else post_removal.restore(
                post, by=by
            )

    def lock(self):
        if thread := self.any(Thread.objects.filter(state__in=["open", "locked"])):
            (post_removal.lock if thread.state == "open" else post_removal.unlock)(thread, by=self.moderators[0])


@pytest.fixture
def categories(category):
    return [category, Category.objects.create(slug="stories", title="Stories", purpose="Ours.", position=2)]


@pytest.mark.parametrize("seed", range(examples(2)))
def test_counters_are_correct_after_any_sequence(categories, maya, noah, dr_okafor, dr_lind, settings, seed):
    settings.FORUM_POSTS_PER_HOUR_NEW = 1000
    walk = Walk(seed, [maya, noah], [dr_okafor, dr_lind])
    for _ in range(120):
        walk.step()
    assert [each for category in categories for each in differences(category)] == []
    assert Post.objects.filter(position__isnull=False).count() > 10
    for thread in Thread.objects.filter(state="open"):
        places = thread.posts.filter(position__isnull=False).order_by("published_at").values_list("position", flat=True)
        assert list(places) == list(range(1, thread.last_position + 1))


def test_wrong_counters_are_found_and_corrected(say, maya, noah, category, categories):
    thread = say(maya, "Question.").thread
    last = say(noah, "Answer.", thread)
    spoilt = {"post_count": 9, "last_position": 1, "last_post_at": timezone.now() - timedelta(days=9)}
    Thread.objects.filter(pk=thread.pk).update(**spoilt)
    Category.objects.filter(pk=category.pk).update(thread_count=7, post_count=0, last_thread=None)
    expected = [
        Difference("thread", thread.pk, "post_count", 9, 2),
        Difference("thread", thread.pk, "last_position", 1, 2),
        Difference("thread", thread.pk, "last_post_at", spoilt["last_post_at"], last.published_at),
        Difference("category", category.pk, "thread_count", 7, 1),
        Difference("category", category.pk, "post_count", 0, 2),
        Difference("category", category.pk, "last_thread_id", None, thread.pk),
    ]
    assert differences(category) == expected
    assert recount(category) == expected
    assert (differences(category), recount(category)) == ([], [])
    category.refresh_from_db()
    assert (category.thread_count, category.post_count, category.last_thread) == (1, 2, thread)


def test_the_highest_position_never_decreases(say, maya, category):
    thread = say(maya, "Question.").thread
    Thread.objects.filter(pk=thread.pk).update(last_position=40)
    assert recount(category) == []
    assert Thread.objects.get(pk=thread.pk).last_position == 40


def test_unreadable_threads_are_not_counted(say, maya, category):
    gone, seen = say(maya, "One.", title="One").thread, say(maya, "Two.", title="Two").thread
    Thread.objects.filter(pk=gone.pk).update(state="removed")
    recount(category)
    category.refresh_from_db()
    assert (category.thread_count, category.post_count, category.last_thread) == (1, 1, seen)


def test_the_command_checks_without_changes_and_then_corrects(say, maya, category):
    thread = say(maya, "Question.").thread
    call_command("recount", check=True, stdout=StringIO())
    Thread.objects.update(post_count=F("post_count") + 1)
    out = StringIO()
    with pytest.raises(CommandError, match="1 differences"):
        call_command("recount", check=True, stdout=out)
    assert out.getvalue() == f"thread {thread.pk}: post_count is 2, should be 1\n"
    call_command("recount", stdout=StringIO())
    call_command("recount", check=True, stdout=StringIO())
