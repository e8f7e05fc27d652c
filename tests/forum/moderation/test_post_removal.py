import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Notification
from forum.appeals.reports import report_post
from forum.models import Category, Decision, Post, Report, Thread
from forum.moderation.post_removal import lock, remove, restore, unlock
from forum.moderation.text_decisions import Superseded, approve
from forum.personal_data import erase
from forum.posting.posts import PostText, delete_post, edit_post
from forum.publishing.public_state import NO_TITLE
from forum.publishing.waiting_time import median_wait
from tests.forum.conftest import put


def counted():
    thread, category = Thread.objects.get(), Category.objects.get()
    return (thread.post_count, thread.last_position, category.post_count, category.thread_count)


def told(person):
    return list(Notification.objects.of(person).order_by("pk").values_list("sentence", flat=True))


def test_removing_and_restoring_a_post_updates_everything_that_depends_on_it(published, maya, noah, dr_lind, dr_okafor):
    thread = published(maya, "Question.").thread
    post = published(noah, "Answer.", thread)
    decision = remove(post, by=dr_lind, reason="dose", note="No numbers, please.")
    post.refresh_from_db()
    assert (post.state, post.position, counted()) == ("removed", 2, (1, 2, 1, 1))
    assert (decision.action, decision.credential) == ("removed", dr_lind.credentials.get())
    restore(post, by=dr_okafor)
    post.refresh_from_db()
    assert (post.state, post.live_revision.state, counted()) == ("published", "approved", (2, 2, 2, 1))
    assert told(noah)[-2:] == ["A moderator removed your post.", "Your post is back in the forum."]


@pytest.mark.parametrize("how", ["remove", "delete"])
def test_removing_the_first_post_removes_the_title(published, maya, noah, dr_lind, client, how):
    post = published(maya, "Question.", title="Maya from Bremen")
    published(noah, "Answer.", post.thread)
    if how == "remove":
        remove(post, by=dr_lind, reason="private")
    else:
        delete_post(post, by=maya)
    thread = Thread.objects.get()
    html = client.get(thread.get_absolute_url()).content.decode()
    assert (thread.state, thread.title) == ("open", NO_TITLE)
    assert "Bremen" not in html + thread.get_absolute_url()
    assert "Answer." in html
    assert "Bremen" not in client.get(thread.category.get_absolute_url()).content.decode()
    if how == "remove":
        restore(post, by=dr_lind)
        assert Thread.objects.get().title == "Maya from Bremen"


def test_a_clinicians_answer_is_pinned_only_while_it_is_public(say, published, maya, dr_lind, dr_okafor):
    thread = published(maya, "Question.").thread
    first = published(dr_lind, "First.", thread)
    second = Post.objects.create(
        thread=thread, author=dr_okafor, written_as_clinician="physician", position=3, state="published",
        published_at=timezone.now(), live_revision=say(maya, "x", public=False).revisions.get(),
    )  # fmt: skip
    remove(first, by=dr_okafor, reason="wrong")
    assert Thread.objects.get(pk=thread.pk).answer == second
    restore(first, by=dr_okafor)
    assert Thread.objects.get(pk=thread.pk).answer == first
    delete_post(second, by=dr_okafor)
    delete_post(first, by=dr_lind)
    assert Thread.objects.get(pk=thread.pk).answer is None


def test_an_edit_of_a_removed_post_cannot_be_approved_until_it_is_restored(published, maya, dr_lind, dr_okafor, client):
    post = published(maya, "Question.")
    edit_post(post, PostText("Better.", title="Better"), by=maya)
    waiting = post.revisions.get(number=2)
    remove(post, by=dr_lind, reason="dose")
    with pytest.raises(Superseded):
        approve(waiting, by=dr_okafor)
    client.force_login(dr_okafor)
    assert "Better" not in client.get("/forum/review/").content.decode()
    restore(post, by=dr_lind)
    approve(waiting, by=dr_okafor)
    assert Thread.objects.get().title == "Better"


@pytest.mark.parametrize("action", [lambda p, by: remove(p, by=by, reason="dose"), lambda p, by: restore(p, by=by)])
@pytest.mark.parametrize("state", ["published", "removed"])
def test_members_authors_and_lapsed_moderators_cannot_remove_or_restore(
    published, dr_lind, maya, noah, elif_, action, state
):
    post = published(dr_lind, "Mine.")
    put(Post.objects, state=state)
    for person in (dr_lind, maya, noah, elif_):
        with pytest.raises((PermissionDenied, Superseded)):
            action(post, person)
    theirs = published(maya, "Hers.")
    put(Post.objects.filter(pk=theirs.pk), state=state)
    dr_lind.credentials.update(expires_at=timezone.now())
    with pytest.raises((PermissionDenied, Superseded)):
        action(theirs, dr_lind)
    assert Decision.objects.exclude(action="approved").count() == 0


def test_a_moderator_who_reported_a_post_cannot_remove_it(published, maya, noah, dr_lind, dr_okafor):
    post = published(maya, "Question.")
    report_post(post, by=dr_lind, reason="dose")
    report_post(post, by=noah, reason="dose")
    with pytest.raises(PermissionDenied):
        remove(post, by=dr_lind, reason="dose")
    remove(post, by=dr_okafor, reason="dose")
    assert list(Report.objects.values_list("state", flat=True)) == ["acted", "acted"]
    assert told(noah) == ["Thank you for your report. A moderator removed the post."]


def test_posts_of_an_erased_author_cannot_be_restored(published, maya, dr_lind):
    post = published(maya, "Question.")
    remove(post, by=dr_lind, reason="dose")
    erase(maya)
    type(maya).objects.filter(pk=maya.pk).update(state="erased")
    with pytest.raises(PermissionDenied):
        restore(post, by=dr_lind)


def test_closing_and_opening_a_thread_is_logged(published, maya, dr_lind):
    thread = published(maya, "Question.").thread
    lock(thread, by=dr_lind)
    unlock(thread, by=dr_lind)
    assert told(maya)[1:] == ["A moderator closed your thread to new posts.", "A moderator reopened your thread."]
    assert list(thread.log_entries.values_list("by", "action")) == [(dr_lind.pk, "locked"), (dr_lind.pk, "unlocked")]


@pytest.mark.parametrize("action", [lock, unlock])
def test_only_moderators_other_than_the_author_can_close_a_thread(published, maya, noah, dr_lind, action):
    thread = published(dr_lind, "Question.").thread
    put(Thread.objects, state="open" if action is lock else "locked")
    for person in (maya, noah, dr_lind):
        with pytest.raises(PermissionDenied):
            action(thread, by=person)


def test_removals_do_not_count_in_the_median_wait(published, maya, dr_lind):
    post = published(maya, "Question.")
    before = median_wait()
    decision = remove(post, by=dr_lind, reason="dose")
    assert (median_wait(), decision.waited > before) == (before, True)
