from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.models import Block, Sanction, User
from forum.models import Post, PostRevision, Thread
from forum.moderation.text_decisions import approve, ask_for_changes
from forum.posting.posts import PostText, delete_post, edit_post, reply, start_thread, withdraw_post
from tests.forum.conftest import put

S, R = Post.State, PostRevision.State


def test_a_new_post_is_not_public(say, maya):
    post = say(maya, "Hello.", public=False)
    assert (post.state, post.position, post.live_revision) == (S.WAITING, None, None)
    assert (post.thread.state, post.thread.title) == (Thread.State.WAITING, "")
    assert list(Thread.objects.visible_to(maya)) == []


def test_the_same_form_sent_twice_makes_one_post(category, maya):
    key = uuid4()
    one, two = (start_thread(category, PostText("Hello.", title="Hi"), by=maya, key=key) for _ in range(2))
    assert (one, Post.objects.count(), Thread.objects.count()) == (two, 1, 1)


def test_an_edit_waits_and_the_published_text_stays(say, maya, dr_okafor):
    post = say(maya, "First.")
    edit_post(post, PostText("Second.", title="New title"), by=maya)
    post.refresh_from_db()
    assert (post.live_revision.body, post.thread.title, post.edited_at) == ("First.", "A question", None)
    approve(post.revisions.get(number=2), by=dr_okafor)
    post = Post.objects.get(pk=post.pk)
    assert (post.live_revision.body, post.thread.title, post.position) == ("Second.", "New title", 1)
    assert post.edited_at is not None


def test_a_newer_revision_supersedes_the_waiting_one(say, maya):
    post = say(maya, "First.", public=False)
    edit_post(post, PostText("Second.", title="T"), by=maya)
    assert list(post.revisions.order_by("number").values_list("state", flat=True)) == [R.SUPERSEDED, R.WAITING]


def test_an_edit_after_requested_changes_is_a_new_revision(say, maya, dr_okafor):
    post = say(maya, "First.", public=False)
    ask_for_changes(post.revisions.get(), by=dr_okafor, reason="dose", note="Please leave out the number.")
    edit_post(post, PostText("Second.", title="T"), by=maya)
    assert list(post.revisions.order_by("number").values_list("state", flat=True)) == [R.SUPERSEDED, R.WAITING]


def test_an_anonymous_member_has_one_number_in_a_thread(say, maya, noah):
    first = say(maya, "One.", anonymous=True)
    second = say(noah, "Two.", first.thread, anonymous=True)
    third = say(maya, "Three.", first.thread, anonymous=True)
    assert [first.alias, second.alias, third.alias] == [1, 2, 1]


def test_the_badge_is_frozen_on_named_posts_and_absent_from_anonymous_ones(say, maya, dr_lind):
    thread = say(maya, "Question.").thread
    named = say(dr_lind, "Answer.", thread)
    hidden = say(dr_lind, "More.", thread, anonymous=True)
    assert (named.written_as_clinician, hidden.written_as_clinician) == ("physician", "")
    dr_lind.credentials.update(expires_at=timezone.now())
    named.refresh_from_db()
    assert named.written_as_clinician == "physician"
    assert Thread.objects.get(pk=thread.pk).answer == named


def test_a_post_is_withdrawn_before_publication_and_deleted_after(say, maya):
    waiting, public = say(maya, "One.", public=False), say(maya, "Two.")
    withdraw_post(waiting, by=maya)
    delete_post(public, by=maya)
    waiting.refresh_from_db()
    public.refresh_from_db()
    assert (waiting.state, public.state, public.position) == (S.WITHDRAWN, S.DELETED, 1)
    assert public.thread.category.threads.get(pk=public.thread_id).post_count == 0


@pytest.mark.parametrize("act", [edit_post, withdraw_post, delete_post], ids=lambda f: f.__name__)
@pytest.mark.parametrize("public", [True, False])
def test_members_cannot_edit_withdraw_or_delete_others_posts(say, maya, noah, act, public):
    post = say(maya, "Mine.", public=public)
    arguments = [PostText("Yours.", title="T")] if act is edit_post else []
    with pytest.raises(PermissionDenied):
        act(post, *arguments, by=noah)


@pytest.mark.parametrize("state", [S.WITHDRAWN, S.DELETED, S.REMOVED])
def test_unpublished_posts_cannot_be_edited(say, maya, state):
    post = say(maya, "One.")
    put(Post.objects.filter(pk=post.pk), state=state)
    with pytest.raises(PermissionDenied):
        edit_post(post, PostText("Two.", title="T"), by=maya)


def test_members_without_permission_cannot_post(say, category, maya, noah):
    thread = say(maya, "Question.").thread
    for change in ({"rules_accepted": 0}, {"adult_confirmed_at": None}, {"state": "leaving"}, {"is_active": False}):
        User.objects.filter(pk=noah.pk).update(**change)
        with pytest.raises(PermissionDenied):
            reply(thread, PostText("Answer."), by=noah, key=uuid4())
        User.objects.filter(pk=noah.pk).update(
            rules_accepted=noah.rules_accepted,
            adult_confirmed_at=noah.adult_confirmed_at,
            state="active",
            is_active=True,
        )
    reply(thread, PostText("Answer."), by=noah, key=uuid4())
    Block.objects.create(owner=maya, other=noah, kind="block")
    with pytest.raises(PermissionDenied):
        reply(thread, PostText("Again."), by=noah, key=uuid4())


def test_a_suspended_member_cannot_post_but_can_withdraw_and_delete(say, maya, dr_okafor):
    post = say(maya, "One.", public=False)
    Sanction.objects.create(user=maya, kind="suspension", reason="r", message="m", by=dr_okafor)
    with pytest.raises(PermissionDenied):
        edit_post(post, PostText("Two.", title="T"), by=maya)
    withdraw_post(post, by=maya)


def test_a_locked_thread_accepts_no_replies(say, maya, noah):
    thread = say(maya, "Question.").thread
    put(Thread.objects.filter(pk=thread.pk), state=Thread.State.LOCKED)
    with pytest.raises(PermissionDenied):
        reply(thread, PostText("Answer."), by=noah, key=uuid4())


def test_limits_raise_readable_messages(say, maya, settings, dr_okafor):
    settings.FORUM_POSTS_PER_HOUR_NEW = 2
    say(maya, "One.", public=False)
    with pytest.raises(ValidationError, match="already sent this"):
        say(maya, "One.", public=False)
    with pytest.raises(ValidationError, match="at most 3 links"):
        say(maya, " ".join(f"https://{n}.example" for n in range(4)), public=False)
    say(maya, "Two.", public=False)
    with pytest.raises(ValidationError, match="in the last hour"):
        say(maya, "Three.", public=False)
    User.objects.update(date_joined=timezone.now() - timedelta(days=30))
    Sanction.objects.create(user=maya, kind="limit", posts_per_day=2, reason="r", message="m", by=dr_okafor)
    with pytest.raises(ValidationError, match="you can send 2 posts a day"):
        say(maya, "Three.", public=False)


def test_the_database_enforces_immutability_and_constraints(say, maya):
    post = say(maya, "One.")
    for attempt in (
        lambda: PostRevision.objects.update(body="Other."),
        lambda: PostRevision.objects.all().delete(),
        lambda: Post.objects.update(state="nonsense"),
        lambda: Post.objects.update(position=None),
        lambda: post.revisions.create(number=1, body="x", html="x", render_version=1),
    ):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            attempt()
