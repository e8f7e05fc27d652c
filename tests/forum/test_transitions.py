"""Every state × state and state × action: only what the tables allow happens."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction
from django.utils import timezone

from core.transitions import IllegalTransition
from forum.appeals.appeal import appeal
from forum.appeals.reports import report_post
from forum.models import Appeal, ClinicalNote, Decision, Post, PostRevision, Report, Thread
from forum.moderation.post_removal import hide, lock, remove, restore, unlock
from forum.moderation.text_decisions import approve, ask_for_changes, reject
from forum.posting.posts import PostText, delete_post, edit_post, reply, withdraw_post
from forum.publishing.publish import move
from tests.forum.conftest import put

TRANSITIONS = {
    Thread: "waiting>open waiting>removed open>locked open>removed locked>open locked>removed removed>open",
    Post: "waiting>published waiting>rejected waiting>withdrawn published>deleted published>removed"
    " rejected>published rejected>waiting removed>published"
    " published>hidden hidden>published hidden>removed hidden>deleted"
    " published>away away>published away>deleted",
    PostRevision: "waiting>shown waiting>approved waiting>changes waiting>rejected waiting>superseded waiting>withdrawn"
    " shown>approved shown>rejected shown>superseded shown>withdrawn changes>approved changes>superseded"
    " changes>withdrawn rejected>approved rejected>superseded",
    Report: "open>acted open>kept",
    Appeal: "open>upheld open>overturned",
    ClinicalNote: "shown>withdrawn",
}


@pytest.fixture
def rows(say, maya, noah, dr_okafor, dr_lind):
    """One row of each model, filled so that every state is possible."""
    post = say(maya, "Question.")
    held = {"by": dr_lind, "credential": dr_lind.credentials.get()}
    no = Decision.objects.create(
        revision=post.live_revision, action="rejected", reason="dose", waited=timedelta(), **held
    )
    answered = {"answered_by": dr_okafor, "answered_at": timezone.now()}
    return {
        Thread: post.thread,
        Post: post,
        PostRevision: post.live_revision,
        Report: Report.objects.create(post=post, by=noah, reason="spam"),
        Appeal: Appeal.objects.create(decision=no, text="Why?", **answered),
        ClinicalNote: ClinicalNote.objects.create(post=post, written_as="physician", body="x", html="x", **held),
    }


@pytest.mark.parametrize("model", TRANSITIONS, ids=lambda m: m.__name__)
def test_only_the_listed_transitions_are_possible(rows, model):
    row, done = rows[model], set()
    for before in model.State.values:
        for after in model.State.values:
            put(model.objects.filter(pk=row.pk), state=before)
            row.refresh_from_db()
            try:
                move(row, after)
            except IllegalTransition:
                assert before == after or refused_by_the_database(row, after)
                continue
            row.refresh_from_db()
            assert row.state == after
            done.add(f"{before}>{after}")
    assert done == set(TRANSITIONS[model].split())
    assert done == {f"{a}>{b}" for a, to in model.TRANSITIONS.items() for b in to}


def refused_by_the_database(row, state):
    try:
        with transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(state=state)
    except InternalError as error:
        return "Invalid transition" in str(error)
    return False


ACTIONS = {
    "edit": (
        lambda p, t, w: edit_post(p, PostText("Other.", title="T"), by=w["author"]),
        "waiting published rejected hidden",
    ),
    "withdraw": (lambda p, t, w: withdraw_post(p, by=w["author"]), "waiting"),
    "delete": (lambda p, t, w: delete_post(p, by=w["author"]), "published"),
    "report": (lambda p, t, w: report_post(p, by=w["reader"], reason="spam"), "published"),
    "remove": (lambda p, t, w: remove(p, by=w["moderator"], reason="spam"), "published hidden"),
    "hide": (lambda p, t, w: hide(p, by=w["moderator"], reason="unkind"), "published"),
    "restore": (lambda p, t, w: restore(p, by=w["moderator"]), "removed hidden"),
}


@pytest.mark.parametrize("state", Post.State.values)
@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_on_a_post_in_each_state(say, maya, noah, dr_lind, action, state):
    """The post has been public, so every state is possible. A refused action changes nothing."""
    post = say(maya, "Question.")
    put(Post.objects.filter(pk=post.pk), state=state)
    act, allowed = ACTIONS[action]
    people = {"author": maya, "reader": noah, "moderator": dr_lind}
    if state in allowed.split():
        act(post, post.thread, people)
        return
    with pytest.raises((PermissionDenied, IllegalTransition)):
        act(post, post.thread, people)
    post.refresh_from_db()
    assert (post.state, post.revisions.count(), Report.objects.count()) == (state, 1, 0)


@pytest.mark.parametrize("state", PostRevision.State.values)
@pytest.mark.parametrize("act", [approve, ask_for_changes, reject], ids=lambda f: f.__name__)
def test_each_decision_on_a_revision_in_each_state(say, maya, dr_lind, act, state):
    revision = say(maya, "Question.", public=False).revisions.get()
    put(PostRevision.objects.filter(pk=revision.pk), state=state)
    words = {} if act is approve else {"reason": "dose", "note": "Please."}
    if state == "waiting":
        act(revision, by=dr_lind, **words)
    else:
        with pytest.raises(IllegalTransition):
            act(revision, by=dr_lind, **words)
        assert Decision.objects.count() == 0


@pytest.mark.parametrize("state", Thread.State.values)
@pytest.mark.parametrize(("act", "allowed"), [("lock", {"open"}), ("unlock", {"locked"}), ("reply", {"open"})])
def test_each_action_on_a_thread_in_each_state(say, maya, noah, dr_lind, act, allowed, state):
    thread = say(maya, "Question.").thread
    put(Thread.objects, state=state)
    acts = {
        "lock": lambda: lock(thread, by=dr_lind),
        "unlock": lambda: unlock(thread, by=dr_lind),
        "reply": lambda: reply(thread, PostText("Answer."), by=noah, key=uuid4()),
    }
    if state in allowed:
        acts[act]()
    else:
        with pytest.raises((PermissionDenied, IllegalTransition)):
            acts[act]()
        assert (Thread.objects.get().state, Post.objects.count()) == (state, 1)


@pytest.mark.parametrize("action", Decision.Action.values)
def test_only_refusals_can_be_appealed(say, maya, dr_lind, action):
    post = say(maya, "Question.")
    state = {"removed": "removed", "rejected": "rejected"}.get(action, "published")
    put(Post.objects.filter(pk=post.pk), state=state)
    if action in PostRevision.State.values:
        put(PostRevision.objects, state=action)
    held = {"by": dr_lind, "credential": dr_lind.credentials.get(), "waited": timedelta()}
    decision = Decision.objects.create(revision=post.live_revision, action=action, reason="dose", **held)
    if action in ("changes", "rejected", "removed"):
        assert appeal(decision, by=maya, text="Why?").state == "open"
    else:
        with pytest.raises(PermissionDenied):
            appeal(decision, by=maya, text="Why?")
