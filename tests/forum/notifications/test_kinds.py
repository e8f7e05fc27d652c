from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Block, Notification, OutboxEmail, User
from accounts.notifications.inbox import queue_emails, set_deliveries
from accounts.profiles.blocks import block_member
from forum.models import Mention, Post, Subscription, Thread
from forum.moderation.text_decisions import approve
from forum.notifications.kinds import ALARM, KINDS, RED
from forum.posting.posts import PostText, delete_post, edit_post, reply


@pytest.fixture
def thread(say, maya):
    found = say(maya, "Does it pass?").thread
    Notification.objects.all().delete()
    return found


def answer(thread, by, **kwargs):
    body = kwargs.pop("body", "It passed.")
    return reply(thread, PostText(body, anonymous=kwargs.pop("anonymous", False)), by=by, key=uuid4(), **kwargs)


def approved(post, dr_okafor):
    approve(post.revisions.get(), by=dr_okafor)
    return post


def kinds_for(user):
    return list(Notification.objects.of(user).order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def everything(thread, maya):
    """A reply that concerns Maya in every way: it mentions and quotes her in a thread that she started and follows."""

    def everything(by):
        post = answer(thread, by, quoted=thread.posts.get())
        Mention.objects.create(revision=post.revisions.get(), user=maya)
        Subscription.objects.get_or_create(user=maya, thread=thread)
        return post

    return everything


@pytest.mark.parametrize(
    ("never", "kind"),
    [
        ([], ["mention"]),
        (["mention"], ["quote"]),
        (["mention", "quote"], ["answer"]),
        (["mention", "quote", "answer"], ["thread"]),
        (["mention", "quote", "answer", "thread"], []),
    ],
)
def test_a_member_gets_one_notification_of_the_most_personal_enabled_kind(
    maya, dr_lind, dr_okafor, everything, never, kind
):
    set_deliveries(maya, dict.fromkeys(never, "never"))
    approved(everything(dr_lind), dr_okafor)
    assert kinds_for(maya) == kind


def test_a_members_post_sends_the_reply_kind(thread, maya, noah, dr_okafor):
    approved(answer(thread, noah), dr_okafor)
    assert (kinds_for(maya), kinds_for(noah)) == (["reply"], ["my-post"])


def test_an_anonymous_clinicians_post_sends_the_reply_kind(thread, maya, dr_lind, dr_okafor):
    approved(answer(thread, dr_lind, anonymous=True), dr_okafor)
    assert kinds_for(maya) == ["reply"]
    assert "Lind" not in Notification.objects.of(maya).get().sentence


def test_subscribers_are_notified_of_new_threads_and_posts(category, say, maya, noah, vera, dr_okafor):
    Subscription.objects.create(user=noah, category=category)
    opened = say(maya, "Does it pass?")
    Subscription.objects.create(user=vera, thread=opened.thread)
    approved(answer(opened.thread, maya), dr_okafor)
    assert (kinds_for(noah), kinds_for(vera), kinds_for(maya)) == (["room"], ["thread"], ["my-post", "my-post"])


def test_the_author_is_notified_only_of_the_decision(thread, maya, dr_okafor):
    post = answer(thread, maya, quoted=thread.posts.get())
    Mention.objects.create(revision=post.revisions.get(), user=maya)
    Subscription.objects.create(user=maya, thread=thread)
    approved(post, dr_okafor)
    assert kinds_for(maya) == ["my-post"]


@pytest.mark.parametrize(
    ("owner", "kind", "told"),
    [("maya", "mute", []), ("maya", "block", []), ("noah", "block", []), ("noah", "mute", ["mention"])],
)
def test_muted_and_blocked_authors_cause_no_notifications(maya, noah, dr_okafor, everything, owner, kind, told):
    post = everything(noah)
    pair = (maya, noah) if owner == "maya" else (noah, maya)
    block_member(*pair, kind)
    approved(post, dr_okafor)
    assert kinds_for(maya) == told


@pytest.mark.parametrize("change", [{"is_active": False}, {"state": User.State.LEAVING}])
def test_inactive_members_get_no_notifications(thread, noah, vera, dr_okafor, change):
    Subscription.objects.create(user=vera, thread=thread)
    User.objects.filter(pk=vera.pk).update(**change)
    approved(answer(thread, noah), dr_okafor)
    assert kinds_for(vera) == []


def test_an_edit_notifies_only_its_author(thread, maya, noah, dr_okafor):
    post = approved(answer(thread, noah), dr_okafor)
    Notification.objects.all().delete()
    approve(edit_post(post, PostText("It passed in a week."), by=noah), by=dr_okafor)
    assert (kinds_for(maya), kinds_for(noah)) == ([], ["my-post"])


def test_a_rolled_back_approval_sends_no_notifications(thread, noah, dr_okafor):
    post = answer(thread, noah)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        approved(post, dr_okafor)
        raise ZeroDivisionError
    assert Notification.objects.count() == 0


def mailed(user):
    Notification.objects.exclude(recipient=user).update(mail_due_at=None)
    Notification.objects.filter(recipient=user).update(mail_due_at=timezone.now() - timedelta(seconds=1))
    return queue_emails()


@pytest.mark.parametrize("gone", ["deleted", "thread removed", "muted", "blocked by the author", "nothing"])
def test_email_is_sent_only_for_posts_still_readable_at_that_time(thread, maya, noah, dr_okafor, gone):
    post = approved(answer(thread, noah), dr_okafor)
    if gone == "deleted":
        delete_post(Post.objects.get(pk=post.pk), by=noah)
    if gone == "thread removed":
        Thread.objects.filter(pk=thread.pk).update(state=Thread.State.REMOVED)
    if gone == "muted":
        block_member(maya, noah, Block.Kind.MUTE)
    if gone == "blocked by the author":
        block_member(noah, maya, Block.Kind.BLOCK)
    assert mailed(maya) == int(gone == "nothing")


def test_a_notification_about_an_unpublished_post_reveals_nothing(client, thread, maya, noah, dr_okafor):
    post = approved(answer(thread, noah), dr_okafor)
    told = Notification.objects.of(maya).get()
    delete_post(Post.objects.get(pk=post.pk), by=noah)
    client.force_login(maya)
    assert "It passed." not in client.get(told.url, follow=True).content.decode()
    Thread.objects.filter(pk=thread.pk).update(state=Thread.State.REMOVED)
    assert client.get(told.url).status_code == 404
    assert told.sentence in client.get("/account/inbox/").content.decode()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_no_email_names_the_medicine_a_thread_or_a_member(kind, thread, maya, settings):
    post = thread.posts.get()
    waiting = edit_post(post, PostText("Or not?"), by=maya)
    subject = waiting.review_items.get() if kind in (RED, ALARM) else post
    about = {"kind": kind.key, "sentence": "S", "url": "/forum/", "subject_id": subject.pk}
    Notification.objects.create(recipient=maya, mail_due_at=timezone.now(), **about)
    queue_emails()
    letter = OutboxEmail.objects.get()
    text = (letter.subject + letter.body).lower().replace(settings.SITE_ADDRESS, "")
    telling = ["naltrexone", "alcohol", "opioid", "maya", "question", "does it pass", "forum", "clinician", "medic"]
    assert [word for word in telling if word in text] == []


def cost(work):
    with CaptureQueriesContext(connection) as seen:
        work()
    return len(seen)


def test_many_followers_cost_as_many_queries_as_one(thread, noah, dr_okafor):
    costs = []
    for number in (1, 3, 500):
        Subscription.objects.all().delete()
        people = User.objects.bulk_create(
            User(email=f"f{number}-{n}@example.org", display_name=f"Follower {number} {n}") for n in range(number)
        )
        Subscription.objects.bulk_create([Subscription(user=each, thread=thread) for each in people])
        post = answer(thread, noah, body=f"It passed in {number} days.")
        costs.append(cost(lambda post=post: approve(post.revisions.get(), by=dr_okafor)))
        told = Notification.objects.filter(recipient__in=people).values_list("kind", flat=True)
        assert list(told) == ["thread"] * number
    assert costs[0] == costs[1] == costs[2]
