"""Blocks, mutes, suspensions and account deletion limit all interactions."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Block, Notification, Sanction, User
from forum.appeals.appeal import appeal
from forum.appeals.reports import report_member, report_post
from forum.models import Decision, Post
from forum.moderation.text_decisions import approve, reject
from forum.permissions import can_mention_member, can_quote_post, can_react_to_post
from forum.posting.posts import PostText, delete_post, edit_post, reply, start_thread, withdraw_post
from tests.forum.conftest import put

GONE = [
    {"state": "leaving"},
    {"state": "erased"},
    {"is_active": False},
    {"adult_confirmed_at": None},
]


@pytest.mark.parametrize("owner", ["maya", "noah"])
def test_a_block_applies_to_both_members(published, maya, noah, elif_, owner):
    """Maya and Noah can both reply in Elif's thread, although one has blocked the other."""
    thread = published(elif_, "Question.").thread
    post = published(maya, "Maya's.", thread)
    mine = published(maya, "Maya's own.").thread
    one, other = (maya, noah) if owner == "maya" else (noah, maya)
    Block.objects.create(owner=one, other=other, kind="block")
    assert not can_quote_post(noah, thread, post)
    assert not can_mention_member(noah, maya)
    assert not can_react_to_post(noah, post, "thanks")
    with pytest.raises(PermissionDenied):
        reply(thread, PostText("You said …"), by=noah, key=uuid4(), quoted=post)
    with pytest.raises(PermissionDenied):
        reply(mine, PostText("Answer."), by=noah, key=uuid4())
    assert reply(thread, PostText("Answer to Elif."), by=noah, key=uuid4()).state == "waiting"


def test_without_a_block_members_can_interact(published, maya, noah):
    post = published(maya, "Maya's.")
    assert can_quote_post(noah, post.thread, post)
    assert can_mention_member(noah, maya)
    assert can_react_to_post(noah, post, "thanks")
    assert not can_react_to_post(maya, post, "thanks")
    assert reply(post.thread, PostText("You said …"), by=noah, key=uuid4(), quoted=post).quoted == post


@pytest.mark.parametrize("state", ["waiting", "removed", "deleted", "rejected"])
def test_only_published_posts_of_the_same_thread_can_be_quoted(published, maya, noah, state):
    post, elsewhere = published(maya, "One."), published(maya, "Two.")
    with pytest.raises(PermissionDenied):
        reply(post.thread, PostText("You said …"), by=noah, key=uuid4(), quoted=elsewhere)
    put(Post.objects.filter(pk=post.pk), state=state)
    post.refresh_from_db()
    with pytest.raises(PermissionDenied):
        reply(post.thread, PostText("You said …"), by=noah, key=uuid4(), quoted=post)


@pytest.mark.parametrize(("owner", "kind", "hears"), [
    (None, "", True), ("maya", "mute", False), ("maya", "block", False), ("noah", "mute", True), ("noah", "block", False),
])  # fmt: skip
def test_muted_and_blocked_members_cause_no_notifications(say, published, maya, noah, dr_okafor, owner, kind, hears):
    """Noah's reply was sent before the block and is published after it."""
    thread = published(maya, "Question.").thread
    post = say(noah, "Answer.", thread, public=False)
    if owner:
        one, other = (maya, noah) if owner == "maya" else (noah, maya)
        Block.objects.create(owner=one, other=other, kind=kind)
    approve(post.revisions.get(), by=dr_okafor)
    assert Notification.objects.of(maya).filter(kind="reply").exists() is hears


@pytest.fixture
def writing(say, published, maya, noah, category):
    """Every service by which Maya can post text or report, with its arguments."""
    mine, waiting, theirs = published(maya, "Mine."), say(maya, "Waits.", public=False), published(noah, "Noah's.")
    return {
        "start": lambda: start_thread(category, PostText("x", title="x"), by=maya, key=uuid4()),
        "reply": lambda: reply(theirs.thread, PostText("x"), by=maya, key=uuid4()),
        "edit": lambda: edit_post(mine, PostText("x", title="x"), by=maya),
        "edit-waiting": lambda: edit_post(waiting, PostText("x", title="x"), by=maya),
        "report": lambda: report_post(theirs, by=maya, reason="spam"),
        "report-member": lambda: report_member(noah, by=maya, reason="spam"),
    }


@pytest.mark.parametrize("kind", ["suspension", "closure"])
def test_suspended_members_cannot_post_but_can_withdraw_and_appeal(say, maya, dr_lind, vera, writing, kind):
    refused = say(maya, "Refused.", public=False)
    reject(refused.revisions.get(), by=dr_lind, reason="dose")
    Sanction.objects.create(user=maya, kind=kind, reason="r", message="m", by=vera)
    for action in writing.values():
        with pytest.raises(PermissionDenied):
            action()
    withdraw_post(Post.objects.get(author=maya, state="waiting"), by=maya)
    delete_post(Post.objects.get(author=maya, state="published"), by=maya)
    appeal(Decision.objects.get(action="rejected"), by=maya, text="Why?")


@pytest.mark.parametrize("change", GONE, ids=lambda c: next(iter(c)) + str(next(iter(c.values()))))
def test_members_who_left_or_are_not_known_to_be_adults_cannot_post(maya, writing, change):
    User.objects.filter(pk=maya.pk).update(**change)
    maya.refresh_from_db()
    for action in writing.values():
        with pytest.raises(PermissionDenied):
            action()


def test_members_who_have_not_agreed_to_the_rules_can_only_report(maya, writing):
    User.objects.filter(pk=maya.pk).update(rules_accepted=0)
    maya.refresh_from_db()
    for name, action in writing.items():
        if name in ("report", "report-member"):
            assert action()[1]
            continue
        with pytest.raises(PermissionDenied):
            action()
