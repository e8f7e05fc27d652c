"""After any sequence of changes, derived state equals a full rebuild."""

import random
from contextlib import suppress
from io import StringIO
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command

from core.transitions import IllegalTransition
from forum.models import Category, Post, PostRevision, SearchEntry, Thread, ThreadArticle, ThreadLogEntry
from forum.moderation import post_removal, thread_actions
from forum.moderation.text_decisions import RedactionSpan, approve, reject
from forum.posting.posts import PostText, delete_post, edit_post, reply, start_thread
from forum.publishing.public_state import NO_TITLE, pinned_answer, sync_public_state
from forum.publishing.search_index import rebuild
from tests.effort import examples

S = Post.State
LINK = "See [this page](/guide/small/)."


class Changes:
    """Random changes by members, clinicians and moderators."""

    def __init__(self, seed, members, moderators):
        self.random = random.Random(seed)
        self.members, self.moderators, self.count = members, moderators, 0

    def any(self, rows):
        return self.random.choice(found) if (found := list(rows.order_by("pk"))) else None

    def text(self):
        self.count += 1
        return PostText(f"Words {self.count}. {self.random.choice(['', LINK])}", title=f"Title {self.count}")

    def step(self):
        actions = [self.write] * 8 + [self.decide] * 10 + [self.edit] * 2 + [self.hide, self.remove]
        actions += [self.restore] * 3 + [self.delete, self.move, self.merge, self.split, self.mark]
        with suppress(PermissionDenied, ValidationError, IllegalTransition):
            self.random.choice(actions)()

    def write(self):
        by = self.random.choice([*self.members, *self.moderators])
        thread = self.any(Thread.objects.filter(state="open"))
        if thread and self.random.random() < 0.7:
            reply(thread, self.text(), by=by, key=uuid4())
        else:
            start_thread(self.any(Category.objects.all()), self.text(), by=by, key=uuid4())

    def decide(self):
        revision = self.any(PostRevision.objects.filter(state="waiting"))
        by, dice = self.random.choice(self.moderators), self.random.random()
        if revision and dice < 0.6:
            approve(revision, by=by)
        elif revision and dice < 0.8:
            approve(revision, by=by, redactions=[RedactionSpan(0, 5, "name"), RedactionSpan(0, 5, "name", "title")])
        elif revision:
            reject(revision, by=by, reason="spam")

    def edit(self):
        if post := self.any(Post.objects.filter(state__in=[S.WAITING, S.PUBLISHED, S.HIDDEN])):
            edit_post(post, self.text(), by=post.author)

    def hide(self):
        self.on_post(post_removal.hide, S.PUBLISHED, reason="dose")

    def remove(self):
        self.on_post(post_removal.remove, S.PUBLISHED, S.HIDDEN, reason="spam")

    def restore(self):
        self.on_post(post_removal.restore, S.REMOVED, S.HIDDEN)

    def on_post(self, action, *states, **said):
        if post := self.any(Post.objects.filter(state__in=states)):
            action(post, by=self.random.choice(self.moderators), **said)

    def delete(self):
        if post := self.any(Post.objects.filter(state=S.PUBLISHED)):
            delete_post(post, by=post.author)

    def move(self):
        if thread := self.any(Thread.objects.published()):
            thread_actions.move_thread(thread, self.any(Category.objects.all()), by=self.moderators[0])

    def merge(self):
        one, other = self.any(Thread.objects.published()), self.any(Thread.objects.published())
        if one:
            thread_actions.merge(one, other, by=self.random.choice(self.moderators))

    def split(self):
        post = self.any(Post.objects.filter(state=S.PUBLISHED, position__gt=1))
        if post:
            thread_actions.split([post], f"Split {self.count}", by=self.random.choice(self.moderators))

    def mark(self):
        if post := self.any(Post.objects.filter(state=S.PUBLISHED).exclude(written_as_clinician="")):
            thread_actions.mark_answer(post, by=self.random.choice(self.moderators))


@pytest.fixture
def changes(category, article, maya, noah, dr_okafor, dr_lind, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = settings.FORUM_POSTS_PER_HOUR = 1000
    Category.objects.create(slug="stories", title="Stories", purpose="Ours.", position=2)
    return lambda seed: Changes(seed, [maya, noah], [dr_okafor, dr_lind])


def derived():
    """Return all derived state of the forum."""
    return [
        list(
            Thread.objects.order_by("pk").values("pk", "title", "answer", "post_count", "last_position", "last_post_at")
        ),
        list(Category.objects.order_by("pk").values("pk", "thread_count", "post_count", "last_thread")),
        list(SearchEntry.objects.order_by("pk").values()),
        sorted(ThreadArticle.objects.values_list("thread", "post", "article")),
    ]


@pytest.mark.parametrize("seed", range(examples(2)))
def test_derived_state_equals_a_full_rebuild_after_any_sequence(changes, seed):
    walk = changes(seed)
    for _ in range(200):
        walk.step()
    before = derived()
    call_command("recount", check=True, stdout=StringIO())
    call_command("reindex_forum", check=True, stdout=StringIO())
    for post in Post.objects.filter(position__isnull=False).select_related("thread"):
        sync_public_state(post)
    assert derived() == before
    SearchEntry.objects.all().delete()
    ThreadArticle.objects.all().delete()
    rebuild()
    call_command("recount", stdout=StringIO())
    assert derived()[:3] == before[:3]
    assert [row[:2] for row in derived()[3]] == [row[:2] for row in before[3]]
    assert_titles()
    assert len(before[2]) > 5


def assert_titles():
    """Computed here: the opening post gives the thread its title, without redacted text."""
    split = ThreadLogEntry.objects.filter(action="split").values("other")
    openings = Post.objects.filter(position=1, thread__in=Thread.objects.published()).exclude(thread__in=split)
    for post in openings.select_related("thread", "live_revision"):
        own = post.live_revision.title
        covered = post.live_revision.redactions.in_force().filter(part="title").exists()
        expected = NO_TITLE if post.state != S.PUBLISHED else own.replace("Title", "▮▮▮", 1) if covered else own
        assert post.thread.title == expected


def test_a_second_sync_changes_nothing(say, maya, article):
    post = say(maya, LINK)
    before = derived()
    sync_public_state(post)
    assert derived() == before


def test_hiding_and_restoring_a_post_restores_all_derived_state(say, maya, noah, dr_okafor, dr_lind, article):
    thread = say(maya, LINK).thread
    say(noah, "Reply.", thread)
    answer = say(dr_lind, f"Answer. {LINK}", thread)
    before = derived()
    for post in (thread.posts.get(position=1), answer):
        post_removal.hide(post, by=dr_okafor, reason="dose")
    thread.refresh_from_db()
    assert (thread.title, thread.answer, thread.post_count) == (NO_TITLE, None, 1)
    assert (SearchEntry.objects.count(), ThreadArticle.objects.count()) == (1, 0)
    for post in (thread.posts.get(position=1), answer):
        post_removal.restore(post, by=dr_okafor)
    assert derived()[:2] == before[:2]
    assert [row["document"] for row in derived()[2]] == [row["document"] for row in before[2]]
    assert derived()[3] == before[3]


def test_a_split_off_thread_keeps_its_title(say, maya, noah, dr_okafor):
    thread = say(maya, "Question.").thread
    post = say(noah, "Another question.", thread)
    new = thread_actions.split([post], "Another question", by=dr_okafor).other
    post.refresh_from_db()
    post_removal.hide(post, by=dr_okafor, reason="dose")
    assert Thread.objects.get(pk=new.pk).title == NO_TITLE
    post_removal.restore(post, by=dr_okafor)
    assert Thread.objects.get(pk=new.pk).title == "Another question"


def test_the_marked_answer_stays_when_another_answer_is_added_or_removed(say, maya, dr_okafor, dr_lind):
    thread = say(maya, "Question.").thread
    first, second = (say(dr_lind, words, thread) for words in ("First.", "Second."))
    thread_actions.mark_answer(second, by=dr_okafor)
    post_removal.hide(first, by=dr_okafor, reason="dose")
    assert Thread.objects.get(pk=thread.pk).answer == second
    post_removal.hide(second, by=dr_okafor, reason="dose")
    post_removal.restore(first, by=dr_okafor)
    assert Thread.objects.get(pk=thread.pk).answer == first
    post_removal.restore(second, by=dr_okafor)
    assert Thread.objects.get(pk=thread.pk).answer == second


def test_an_edited_title_of_a_hidden_opening_post_appears_only_when_restored(say, maya, dr_okafor):
    post = say(maya, "Question.", title="Old title")
    post_removal.hide(post, by=dr_okafor, reason="dose")
    approve(edit_post(post, PostText("Other words.", title="New title"), by=maya), by=dr_okafor)
    assert Thread.objects.get(pk=post.thread_id).title == NO_TITLE
    post_removal.restore(post, by=dr_okafor)
    assert Thread.objects.get(pk=post.thread_id).title == "New title"


def test_a_clinician_who_asked_anonymously_and_answers_by_name_is_pinned_like_any_other(published, maya, dr_lind):
    """A thread without a pinned answer would tell that the clinician who posts there asked."""
    for asker in (maya, dr_lind):
        asked = published(asker, "A question.", anonymous=True)
        answered = published(dr_lind, "An answer.", asked.thread)
        sync_public_state(answered)
        assert Thread.objects.filter(pk=asked.thread_id).update(answer=pinned_answer(asked.thread_id)) == 1
        assert Thread.objects.get(pk=asked.thread_id).answer == answered
