import threading
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from accounts.models import Notification
from accounts.roles import MODERATORS
from forum.models import Category, Decision, Post, PostRevision, Thread
from forum.moderation.text_decisions import Superseded, approve, ask_for_changes, reject
from forum.posting.posts import PostText, edit_post, reply, withdraw_post
from tests.forum.conftest import put

ACTIONS = {
    "approve": lambda r, by: approve(r, by=by),
    "changes": lambda r, by: ask_for_changes(r, by=by, reason="dose", note="Please."),
    "reject": lambda r, by: reject(r, by=by, reason="dose"),
}
EXPECTED = {
    ("approve", True): ("published", "approved"),
    ("changes", True): ("waiting", "changes"),
    ("reject", True): ("rejected", "rejected"),
    ("approve", False): ("published", "approved"),
    ("changes", False): ("published", "changes"),
    ("reject", False): ("published", "rejected"),
}


@pytest.mark.parametrize(("action", "first"), EXPECTED)
def test_each_decision_on_a_new_post_and_on_an_edit(say, maya, dr_lind, action, first):
    post = say(maya, "One.", public=not first)
    if not first:
        edit_post(post, PostText("Two.", title="T"), by=maya)
    revision = post.revisions.order_by("-number")[0]
    decision = ACTIONS[action](revision, dr_lind)
    post.refresh_from_db()
    revision.refresh_from_db()
    assert (post.state, revision.state) == EXPECTED[action, first]
    assert decision.credential == dr_lind.credentials.get()
    assert Notification.objects.of(maya).count() == (1 if first else 2)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", [s for s in PostRevision.State if s != "waiting"])
def test_only_waiting_revisions_can_be_decided(say, maya, dr_lind, action, state):
    revision = say(maya, "One.", public=False).revisions.get()
    put(PostRevision.objects, state=state)
    with pytest.raises(Superseded):
        ACTIONS[action](revision, dr_lind)
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("action", ACTIONS)
def test_moderators_cannot_decide_on_their_own_posts(say, dr_okafor, action):
    revision = say(dr_okafor, "One.", public=False).revisions.get()
    with pytest.raises(PermissionDenied):
        ACTIONS[action](revision, dr_okafor)


@pytest.mark.parametrize("action", ACTIONS)
def test_deciding_requires_a_moderator_with_a_credential_in_force(say, maya, noah, elif_, dr_lind, action):
    revision = say(maya, "One.", public=False).revisions.get()
    for person in (noah, elif_):
        with pytest.raises(PermissionDenied):
            ACTIONS[action](revision, person)
    noah.groups.add(Group.objects.get(name=MODERATORS))  # appointed, but without a credential
    with pytest.raises(PermissionDenied):
        ACTIONS[action](revision, noah)
    dr_lind.credentials.update(expires_at=timezone.now())
    with pytest.raises(PermissionDenied):
        ACTIONS[action](revision, dr_lind)


def test_a_decision_on_a_superseded_text_is_refused(say, maya, dr_lind):
    post = say(maya, "One.", public=False)
    read = post.revisions.get()
    edit_post(post, PostText("Two.", title="T"), by=maya)
    with pytest.raises(Superseded):
        approve(read, by=dr_lind)
    post.refresh_from_db()
    assert post.state == "waiting"


def test_a_withdrawn_post_cannot_be_approved(say, maya, dr_lind):
    post = say(maya, "One.", public=False)
    withdraw_post(post, by=maya)
    with pytest.raises(Superseded):
        approve(post.revisions.get(), by=dr_lind)


def test_positions_follow_the_order_of_publication(say, maya, noah, dr_lind):
    thread = say(maya, "Question.").thread
    early = say(noah, "Early.", thread, public=False)
    late = say(noah, "Late.", thread)
    approve(early.revisions.get(), by=dr_lind)
    early.refresh_from_db()
    thread.refresh_from_db()
    assert (late.position, early.position, thread.last_position, thread.post_count) == (2, 3, 3, 3)
    assert early.published_at > late.published_at
    assert thread.last_post_at == early.published_at


def test_counters_match_the_number_of_rows(say, maya, noah, category):
    thread = say(maya, "Question.").thread
    say(noah, "Answer.", thread)
    say(noah, "Another thread.", title="Two")
    category = Category.objects.get(pk=category.pk)
    assert (category.thread_count, category.post_count, category.last_thread.title) == (2, 3, "Two")


def test_the_log_cannot_be_changed(say, maya):
    say(maya, "One.")
    for attempt in (lambda: Decision.objects.update(note="x"), lambda: Decision.objects.all().delete()):
        with pytest.raises(InternalError), transaction.atomic():
            attempt()
    with pytest.raises(IntegrityError), transaction.atomic():
        row = Decision.objects.get()
        row.pk, row.action, row.reason = None, "rejected", ""
        row.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_fifty_replies_approved_at_once_have_consecutive_positions(say, maya, dr_okafor, dr_lind, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 100
    thread = say(maya, "Question.").thread
    revisions = [reply(thread, PostText(f"Reply {n}."), by=maya, key=uuid4()).revisions.get() for n in range(50)]
    errors = []

    def work(mine, by):
        for revision in mine:
            try:
                approve(revision, by=by)
            except Superseded:
                errors.append(revision)
        connection.close()

    shares = [(revisions, dr_okafor), (revisions[::-1], dr_lind), (revisions[25:], dr_okafor)]
    threads = [threading.Thread(target=work, args=share) for share in shares]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(errors) == 75  # of 125 attempts, 50 were the first on their revision
    assert sorted(Post.objects.values_list("position", flat=True)) == list(range(1, 52))
    thread = Thread.objects.select_related("category").get()
    assert (thread.last_position, thread.post_count, thread.category.post_count) == (51, 51, 51)
