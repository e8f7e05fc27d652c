"""Whose posts may appear before review, and every way we know to get around that."""

import threading
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import Notification, Sanction
from forum.models import Category, Decision, Post, PostRevision, ReviewItem, Thread
from forum.moderation.post_removal import hide, keep_shown, lock, remove, restore
from forum.moderation.text_decisions import Superseded, approve, ask_for_changes, reject
from forum.moderation.trust import end_trust, give_trust
from forum.posting.posts import PostText, delete_post, edit_post, reply, start_thread
from forum.publishing.waiting_time import median_wait
from tests.conftest import logged_in

CLEAN = "Clean words."


@pytest.fixture
def stories(db):
    return Category.objects.create(slug="stories", title="Stories", purpose="p", policy="review-after", position=2)


@pytest.fixture
def trusted(maya, dr_lind):
    give_trust(maya, by=dr_lind, reason="Kind for a year.")
    return maya


@pytest.fixture
def send(stories):
    def send(who, body=CLEAN, *, title="My story", **words):
        return Post.objects.get(pk=start_thread(stories, PostText(body, title=title, **words), by=who, key=uuid4()).pk)

    return send


def to_read(moderator):
    """The published posts that the moderator finds in the queue, to read them afterwards."""
    return list(ReviewItem.objects.undecided().for_moderator(moderator).filter(kind="after"))


def edited(post, body, by):
    return edit_post(post, PostText(body, title="My story"), by=by).state


def test_a_trusted_members_post_appears_at_once_and_is_queued_for_reading(send, trusted, dr_okafor, client):
    post = send(trusted)
    assert (post.state, post.position, post.live_revision.state) == ("published", 1, "shown")
    assert CLEAN in client.get(post.thread.get_absolute_url()).content.decode()
    assert [item.revision for item in to_read(dr_okafor)] == [post.live_revision]
    category = Category.objects.get(slug="stories")
    assert (category.thread_count, category.post_count, Decision.objects.count()) == (1, 1, 0)
    decision = keep_shown(post.live_revision, by=dr_okafor)
    assert (decision.action, PostRevision.objects.get().state) == ("read", "approved")
    assert to_read(dr_okafor) == []
    assert median_wait() is None


def test_replies_get_consecutive_positions_and_notify_the_asker(send, trusted, noah, dr_okafor):
    thread = send(noah).thread
    approve(PostRevision.objects.get(), by=dr_okafor)
    for n in range(3):
        reply(thread, PostText(f"Answer {n}."), by=trusted, key=uuid4())
    thread.refresh_from_db()
    assert list(Post.objects.order_by("pk").values_list("position", flat=True)) == [1, 2, 3, 4]
    assert (thread.last_position, thread.post_count) == (4, 4)
    assert Notification.objects.of(noah).filter(kind="reply").count() == 3


def test_posts_by_untrusted_members_wait(send, noah, dr_lind):
    assert {send(noah).state, send(dr_lind).state} == {"waiting"}


@pytest.mark.parametrize("change", [{"policy": "review-first"}, {"policy": "review-first", "clinical": True}])
def test_trusted_members_posts_wait_in_review_first_categories(send, trusted, stories, change):
    before = send(trusted)
    Category.objects.filter(pk=stories.pk).update(**change)
    assert send(trusted, "More.").state == "waiting"
    assert reply(before.thread, PostText("Reply."), by=trusted, key=uuid4()).state == "waiting"
    assert edited(before, "Edit.", trusted) == "waiting"
    assert Post.objects.get(pk=before.pk).live_revision.body == CLEAN


def test_a_clinical_category_cannot_be_review_after(stories):
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.update(clinical=True)


def test_a_moved_thread_follows_the_policy_of_its_new_category(send, trusted, category):
    post = send(trusted)
    Thread.objects.update(category=category)  # a clinical one
    assert edited(post, "Edit.", trusted) == "waiting"
    assert reply(post.thread, PostText("Reply."), by=trusted, key=uuid4()).state == "waiting"


def test_a_waiting_post_still_waits_after_its_thread_was_moved(say, stories, trusted):
    post = say(trusted, "Clinical.", public=False)
    Thread.objects.update(category=stories)
    assert edited(post, "Edit.", trusted) == "waiting"


def test_an_edit_of_a_post_that_was_hidden_waits(send, trusted, dr_okafor):
    post = send(trusted)
    hide(post, by=dr_okafor, reason="dose")
    restore(post, by=dr_okafor)
    assert edited(post, "Edit.", trusted) == "waiting"


def test_trust_that_ended_while_the_form_was_open_does_not_count(send, trusted, dr_lind):
    post = send(trusted)
    end_trust(trusted, by=dr_lind)
    assert send(trusted, "More.").state == "waiting"
    assert edited(post, "Edit.", trusted) == "waiting"


def test_posts_by_a_limited_member_wait(send, trusted, vera):
    Sanction.objects.create(user=trusted, kind="limit", posts_per_day=5, reason="r", message="m", by=vera)
    assert send(trusted).state == "waiting"


@pytest.mark.parametrize("body", ["See https://example.org", "Write to m@example.org", "Call 555 010 9999"])
def test_posts_and_edits_with_links_or_contact_details_wait(send, trusted, body):
    assert send(trusted, body).state == "waiting"
    post = send(trusted)
    assert edited(post, f"{CLEAN} {body}", trusted) == "waiting"
    assert Post.objects.get(pk=post.pk).live_revision.body == CLEAN


@pytest.mark.parametrize("words", [{"title": "www.example.org"}, {"warning": "m@example.org"}])
def test_links_and_contact_details_in_titles_and_warnings_wait_too(send, trusted, words):
    assert send(trusted, **words).state == "waiting"


def test_an_edit_of_a_held_post_is_held_too(send, trusted):
    post = send(trusted, "See https://example.org")
    assert edited(post, "Clean now.", trusted) == "waiting"
    public = send(trusted)
    assert edited(public, "See https://example.org/2", trusted) == "waiting"
    assert edited(public, "Clean again.", trusted) == "waiting"


@pytest.mark.parametrize("refuse", [
    lambda r, by: reject(r, by=by, reason="dose"),
    lambda r, by: ask_for_changes(r, by=by, reason="dose", note="Please."),
], ids=["rejected", "changes"])  # fmt: skip
def test_a_refused_post_does_not_appear_by_sending_it_again(send, trusted, dr_lind, dr_okafor, refuse):
    post = send(trusted, "See https://example.org")
    refuse(post.revisions.get(), dr_lind)
    assert edited(post, "Clean now.", trusted) == "waiting"
    approve(post.revisions.get(number=2), by=dr_okafor)
    assert edited(post, "And another.", trusted) == "waiting"


def test_an_edit_of_a_removed_and_restored_post_waits(send, trusted, dr_lind):
    post = send(trusted)
    remove(post, by=dr_lind, reason="unkind")
    assert PostRevision.objects.get().state == "rejected"
    restore(post, by=dr_lind)
    assert PostRevision.objects.get().state == "approved"
    assert edited(post, "Edit.", trusted) == "waiting"


def test_an_edit_of_an_approved_post_appears_at_once_only_in_review_after_categories(send, say, trusted, dr_okafor):
    first = say(trusted, "Clinical.")
    assert edited(first, "Clinical edit.", trusted) == "waiting"
    post = send(trusted)
    keep_shown(post.live_revision, by=dr_okafor)
    assert edited(post, "An edit.", trusted) == "shown"
    post.refresh_from_db()
    assert (post.live_revision.body, post.edited_at is not None, post.position) == ("An edit.", True, 1)


def test_only_the_newest_published_revision_is_left_to_read(send, trusted, dr_okafor):
    post = send(trusted)
    old = post.live_revision
    edited(post, "Two.", trusted)
    assert [item.revision.body for item in to_read(dr_okafor)] == ["Two."]
    with pytest.raises(Superseded):
        keep_shown(old, by=dr_okafor)
    edited(post, "See https://example.org", trusted)
    approve(post.revisions.get(number=3), by=dr_okafor)
    states = post.revisions.order_by("number").values_list("state", flat=True)
    assert list(states) == ["superseded", "superseded", "approved"]


def test_a_thread_closed_meanwhile_publishes_no_reply(send, trusted, noah, dr_lind):
    post = send(trusted)
    lock(post.thread, by=dr_lind)
    assert edited(post, "Edit.", trusted) == "shown"
    Thread.objects.update(state="removed")
    assert edited(post, "Again.", trusted) == "waiting"


def test_a_deleted_post_leaves_the_reading_queue(send, trusted, dr_okafor):
    post = send(trusted)
    delete_post(post, by=trusted)
    page = logged_in(dr_okafor).get(reverse("forum:moderate-post", args=[post.pk]))
    assert page.context["unread_item"] is None


def test_moderators_do_not_get_their_own_posts_to_read(send, dr_lind, dr_okafor):
    give_trust(dr_lind, by=dr_okafor, reason="A colleague.")
    post = send(dr_lind)
    assert to_read(dr_lind) == []
    with pytest.raises(PermissionDenied):
        keep_shown(post.live_revision, by=dr_lind)
    assert PostRevision.objects.get().state == "shown"


@pytest.mark.django_db(transaction=True)
def test_concurrent_trusted_posts_edits_and_decisions_never_deadlock(
    send, trusted, noah, elif_, dr_lind, dr_okafor, settings
):
    settings.FORUM_POSTS_PER_HOUR_NEW = 100
    give_trust(noah, by=dr_lind, reason="Kind too.")
    first = send(trusted)
    held = [reply(first.thread, PostText(f"Elif {n}."), by=elif_, key=uuid4()).revisions.get() for n in range(8)]
    acts = {
        "maya": lambda n: reply(first.thread, PostText("Maya" + " again" * n), by=trusted, key=uuid4()),
        "noah": lambda n: reply(first.thread, PostText("Noah" + " again" * n, anonymous=True), by=noah, key=uuid4()),
        "edit": lambda n: edit_post(first, PostText("Edit" + " again" * n, title="My story"), by=trusted),
        "okafor": lambda n: approve(held[n], by=dr_okafor),
        "lind": lambda n: (remove if n % 2 == 0 else restore)(
            first, by=dr_lind, **({"reason": "dose"} if n % 2 == 0 else {})
        ),
    }
    errors = []

    def work(act):
        for n in range(8):
            try:
                act(n)
            except (PermissionDenied, Superseded):
                pass  # an edit of what is removed just now
            except Exception as error:
                errors.append(error)
        connection.close()

    threads = [threading.Thread(target=work, args=(act,)) for act in acts.values()]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    thread = Thread.objects.select_related("category").get()
    assert errors == []
    assert list(Post.objects.order_by("position").values_list("position", flat=True)) == list(range(1, 26))
    assert (thread.last_position, thread.post_count, thread.category.post_count) == (25, 25, 25)
