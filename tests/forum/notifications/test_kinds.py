from datetime import timedelta
from time import monotonic
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Block, Notification, OutboxEmail, User
from accounts.notifications.inbox import choose, queue_emails
from accounts.profiles.blocks import block_member
from forum.models import Mention, Post, Subscription, Thread
from forum.moderation.decide import approve
from forum.notifications.kinds import ALARM, KINDS, RED
from forum.posting.posts import PostText, delete_post, edit_post, reply
from tests.conftest import person


@pytest.fixture
def thread(say, maya):
    found = say(maya, "Does it pass?").thread
    Notification.objects.all().delete()
    return found


def answer(thread, by, **kwargs):
    body = kwargs.pop("body", "It passed.")
    return reply(thread, PostText(body, anonymous=kwargs.pop("anonymous", False)), by=by, key=uuid4(), **kwargs)


def let_through(post, dr_okafor):
    approve(post.revisions.get(), by=dr_okafor)
    return post


def heard(user):
    return list(Notification.objects.of(user).order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def everything(thread, maya):
    """A reply by which Maya is meant in every way: named, quoted, asking, following."""

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
def test_one_hears_once_by_the_most_personal_kind_that_one_wants(maya, dr_lind, dr_okafor, everything, never, kind):
    choose(maya, dict.fromkeys(never, "never"))
    let_through(everything(dr_lind), dr_okafor)
    assert heard(maya) == kind


def test_an_answer_by_a_member_is_a_reply(thread, maya, noah, dr_okafor):
    let_through(answer(thread, noah), dr_okafor)
    assert (heard(maya), heard(noah)) == (["reply"], ["my-post"])


def test_a_clinician_who_writes_anonymously_is_a_member(thread, maya, dr_lind, dr_okafor):
    let_through(answer(thread, dr_lind, anonymous=True), dr_okafor)
    assert heard(maya) == ["reply"]
    assert "Lind" not in Notification.objects.of(maya).get().sentence


def test_followers_hear_of_new_threads_and_of_new_posts(category, say, maya, noah, vera, dr_okafor):
    Subscription.objects.create(user=noah, category=category)
    opened = say(maya, "Does it pass?")
    Subscription.objects.create(user=vera, thread=opened.thread)
    let_through(answer(opened.thread, maya), dr_okafor)
    assert (heard(noah), heard(vera), heard(maya)) == (["room"], ["thread"], ["my-post", "my-post"])


def test_the_author_hears_only_of_the_decision(thread, maya, dr_okafor):
    post = answer(thread, maya, quoted=thread.posts.get())
    Mention.objects.create(revision=post.revisions.get(), user=maya)
    Subscription.objects.create(user=maya, thread=thread)
    let_through(post, dr_okafor)
    assert heard(maya) == ["my-post"]


@pytest.mark.parametrize(
    ("owner", "kind", "told"),
    [("maya", "mute", []), ("maya", "block", []), ("noah", "block", []), ("noah", "mute", ["mention"])],
)
def test_nobody_hears_of_who_is_kept_away(maya, noah, dr_okafor, everything, owner, kind, told):
    post = everything(noah)
    pair = (maya, noah) if owner == "maya" else (noah, maya)
    block_member(*pair, kind)
    let_through(post, dr_okafor)
    assert heard(maya) == told


@pytest.mark.parametrize("change", [{"is_active": False}, {"state": User.State.LEAVING}])
def test_who_has_left_is_not_told(thread, noah, vera, dr_okafor, change):
    Subscription.objects.create(user=vera, thread=thread)
    User.objects.filter(pk=vera.pk).update(**change)
    let_through(answer(thread, noah), dr_okafor)
    assert heard(vera) == []


def test_of_an_edit_only_the_author_hears(thread, maya, noah, dr_okafor):
    post = let_through(answer(thread, noah), dr_okafor)
    Notification.objects.all().delete()
    approve(edit_post(post, PostText("It passed in a week."), by=noah), by=dr_okafor)
    assert (heard(maya), heard(noah)) == ([], ["my-post"])


def test_what_is_rolled_back_is_told_to_nobody(thread, noah, dr_okafor):
    post = answer(thread, noah)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        let_through(post, dr_okafor)
        raise ZeroDivisionError
    assert Notification.objects.count() == 0


def mailed(user):
    Notification.objects.exclude(recipient=user).update(mail_due_at=None)
    Notification.objects.filter(recipient=user).update(mail_due_at=timezone.now() - timedelta(seconds=1))
    return queue_emails()


@pytest.mark.parametrize("gone", ["deleted", "thread removed", "muted", "blocked by the author", "nothing"])
def test_mail_is_only_of_what_one_may_see_when_it_is_sent(thread, maya, noah, dr_okafor, gone):
    post = let_through(answer(thread, noah), dr_okafor)
    if gone == "deleted":
        delete_post(Post.objects.get(pk=post.pk), by=noah)
    if gone == "thread removed":
        Thread.objects.filter(pk=thread.pk).update(state=Thread.State.REMOVED)
    if gone == "muted":
        block_member(maya, noah, Block.Kind.MUTE)
    if gone == "blocked by the author":
        block_member(noah, maya, Block.Kind.BLOCK)
    assert mailed(maya) == int(gone == "nothing")


def test_a_message_about_what_is_gone_leads_to_its_place_or_nowhere_and_says_nothing(
    client, thread, maya, noah, dr_okafor
):
    post = let_through(answer(thread, noah), dr_okafor)
    told = Notification.objects.of(maya).get()
    delete_post(Post.objects.get(pk=post.pk), by=noah)
    client.force_login(maya)
    assert "It passed." not in client.get(told.url, follow=True).content.decode()
    Thread.objects.filter(pk=thread.pk).update(state=Thread.State.REMOVED)
    assert client.get(told.url).status_code == 404
    assert told.sentence in client.get("/account/inbox/").content.decode()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_no_mail_names_medicine_thread_or_anybody(kind, thread, maya, settings):
    post = thread.posts.get()
    waiting = edit_post(post, PostText("Or not?"), by=maya)
    subject = {RED.key: waiting, ALARM.key: waiting.review_items.get()}.get(kind.key, post)
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


def test_three_followers_cost_as_many_queries_as_one(thread, noah, dr_okafor):
    costs = []
    for number in (1, 3):
        Subscription.objects.all().delete()
        people = [person(f"f{number}{n}", f"Follower {number} {n}") for n in range(number)]
        Subscription.objects.bulk_create([Subscription(user=each, thread=thread) for each in people])
        post = answer(thread, noah, body=f"It passed in {number} days.")
        costs.append(cost(lambda post=post: approve(post.revisions.get(), by=dr_okafor)))
        assert [heard(each) for each in people] == [["thread"]] * number
    assert costs[0] == costs[1]


def test_approving_before_two_thousand_followers_is_quick(thread, noah, dr_okafor):
    many = User.objects.bulk_create([User(email=f"m{n}@example.org", display_name=f"Many {n}") for n in range(2000)])
    Subscription.objects.bulk_create([Subscription(user=each, thread=thread) for each in many])
    post = answer(thread, noah)
    start = monotonic()
    approve(post.revisions.get(), by=dr_okafor)
    assert monotonic() - start < 3
    assert Notification.objects.filter(kind="thread").count() == 2000
