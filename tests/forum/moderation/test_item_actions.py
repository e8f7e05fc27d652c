"""Moderation actions: changes, notifications, log entries and permissions."""

import re
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import Notification
from core.transitions import IllegalTransition
from forum.appeals import questions
from forum.appeals.appeal import appeal
from forum.models import (
    Category,
    ClinicalNote,
    Decision,
    Post,
    Redaction,
    ReviewItem,
    Thread,
    ThreadLogEntry,
)
from forum.moderation import appeal_decisions, clinical_notes, post_removal, text_decisions, thread_actions
from forum.moderation.approve_and_reply import approve_and_reply
from forum.moderation.escalation import eligible_colleagues, escalate, hand_back
from forum.moderation.question_answers import answer_question
from forum.moderation.text_decisions import RedactionSpan, Superseded
from forum.posting.posts import PostText, reply
from forum.publishing.recount import differences


def told(user):
    return list(Notification.objects.of(user).order_by("pk").values_list("sentence", flat=True))


def waiting(say, who, body="Call me on 555 0100, I am Jane.", **words):
    return say(who, body, public=False, **words).revisions.get()


def test_an_approval_can_add_a_note_without_changing_the_post(client, say, maya, dr_okafor):
    revision = waiting(say, maya, "It cannot harm the liver.")
    decision = text_decisions.approve(
        revision, by=dr_okafor, clinical="It can; see [side effects](/guide/side-effects/)."
    )
    html = client.get(revision.post.thread.get_absolute_url(), follow=True).content.decode()
    assert "It cannot harm the liver." in html
    assert "Clinical note from Dr. Okafor, verified physician" in html
    assert 'href="/guide/side-effects/"' in html
    assert (decision.with_note, ClinicalNote.objects.count()) == (True, 1)
    assert told(maya) == ["Your post was published with a clinician’s note."]


def test_a_note_can_be_added_and_withdrawn_once(published, maya, dr_okafor, dr_lind):
    post = published(maya, "Words.")
    note = clinical_notes.add_note(post, by=dr_lind, body="Ask first.")
    assert told(maya)[-1] == "A clinician added a note to your post."
    with pytest.raises(Superseded):
        clinical_notes.confirm_note(note, by=dr_okafor)
    clinical_notes.withdraw_note(note, by=dr_okafor)
    note.refresh_from_db()
    assert note.state == "withdrawn"
    with pytest.raises(IllegalTransition):
        clinical_notes.withdraw_note(note, by=dr_okafor)


def test_redacted_words_appear_on_no_public_page_but_stay_in_the_revision(client, say, maya, noah, dr_okafor):
    body = "Call me on 555 0100, I am Jane."
    revision = waiting(say, maya, body, title="Jane asks")
    covers = [RedactionSpan(11, 19, "contact"), RedactionSpan(26, 30, "name"), RedactionSpan(0, 4, "name", "title")]
    decision = text_decisions.approve(revision, by=dr_okafor, redactions=covers)
    thread = Thread.objects.get()
    assert thread.title == "▮▮▮ asks"
    client.force_login(noah)
    pages = [
        thread.get_absolute_url(),
        reverse("forum:index"),
        thread.category.get_absolute_url(),
        reverse("forum:thread-feed", args=[thread.pk]),
        reverse("forum:reply", args=[thread.pk, thread.slug]) + f"?quote={revision.post_id}",
        "/search/?q=555&in=forum",
    ]
    for url in pages:
        html = client.get(url, follow=True).content.decode()
        assert "555 0100" not in html, url
        assert "Jane" not in html, url
    assert "A moderator hid a name and contact details in this post" in client.get(pages[0]).content.decode()
    revision.refresh_from_db()
    assert (revision.body, decision.with_redaction) == (body, True)


def test_a_redaction_overturned_on_appeal_is_lifted(client, say, maya, dr_okafor, dr_lind):
    revision = waiting(say, maya, "I like Jane Austen.", title="Jane")
    spans = [RedactionSpan(7, 11, "name"), RedactionSpan(0, 4, "name", "title")]
    decision = text_decisions.approve(revision, by=dr_okafor, redactions=spans)
    made = appeal(decision, by=maya, text="She is a writer.")
    appeal_decisions.answer_appeal(made, by=dr_lind, overturn=True, answer="You are right.")
    thread = Thread.objects.get()
    assert thread.title == "Jane"
    assert "Jane Austen" in client.get(thread.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "cover", [RedactionSpan(5, 5, "name"), RedactionSpan(-1, 3, "name"), RedactionSpan(0, 10_000, "name")]
)
def test_a_redaction_outside_the_text_is_refused(say, maya, dr_okafor, cover):
    revision = waiting(say, maya)
    with pytest.raises(ValidationError):
        text_decisions.approve(revision, by=dr_okafor, redactions=[cover])
    revision.refresh_from_db()
    assert (revision.state, Redaction.objects.count(), Decision.objects.count()) == ("waiting", 0, 0)


def test_approve_and_reply_publishes_the_post_and_queues_the_reply(say, maya, dr_okafor, dr_lind):
    revision = waiting(say, maya, "With food?")
    sent = approve_and_reply(revision, by=dr_okafor, body="Yes, with food.", key=uuid4())
    revision.post.refresh_from_db()
    assert (revision.post.state, sent.state, sent.quoted) == ("published", "waiting", revision.post)
    with pytest.raises(PermissionDenied):
        text_decisions.approve(sent.revisions.get(), by=dr_okafor)
    text_decisions.approve(sent.revisions.get(), by=dr_lind)
    assert Thread.objects.get().answer == sent


def test_an_item_can_be_escalated_and_handed_back(say, maya, dr_okafor, dr_lind):
    item = ReviewItem.objects.get(revision=waiting(say, maya))
    assert eligible_colleagues(item, of=dr_okafor) == [dr_lind]
    escalate(item, by=dr_okafor, to=dr_lind, note="You know more about this.")
    item.refresh_from_db()
    assert (item.escalated_to, item.state, told(dr_lind)[-1]) == (
        dr_lind,
        "open",
        "A colleague asked you to review something in the queue.",
    )
    hand_back(item, by=dr_lind, note="So do you.")
    item.refresh_from_db()
    assert (item.escalated_to, told(dr_okafor)[-1]) == (None, "A colleague asked you to review something in the queue.")
    assert list(item.private_notes.values_list("kind", "text")) == [
        ("escalated", "You know more about this."),
        ("handed-back", "So do you."),
    ]


def test_an_item_cannot_be_escalated_to_someone_involved(say, maya, noah, dr_okafor, dr_lind):
    item = ReviewItem.objects.get(revision=waiting(say, dr_lind, "A clinician asks."))
    for other in (dr_lind, noah, dr_okafor):
        with pytest.raises(PermissionDenied):
            escalate(item, by=dr_okafor, to=other, note="")


def test_a_hidden_post_can_be_restored_or_removed(client, published, maya, noah, dr_lind):
    post = published(maya, "Words to look into.")
    thread = published(noah, "Reply.", post.thread).thread
    post_removal.hide(post, by=dr_lind, reason="unkind")
    html = client.get(f"/forum/post/{post.pk}/", follow=True).content.decode()
    assert "Words to look into." not in html
    assert differences(thread.category) == []
    post_removal.restore(post, by=dr_lind)
    post.refresh_from_db()
    assert post.state == "published"
    post_removal.hide(post, by=dr_lind, reason="unkind")
    post_removal.remove(post, by=dr_lind, reason="unkind")
    assert differences(thread.category) == []


def test_an_author_can_ask_once_and_is_answered_once(say, maya, dr_okafor, dr_lind):
    decision = text_decisions.reject(waiting(say, maya), by=dr_okafor, reason="private")
    question = questions.ask(decision, by=maya, text="Which part?")
    with pytest.raises(PermissionDenied):
        questions.ask(Decision.objects.get(pk=decision.pk), by=maya, text="And?")
    assert ReviewItem.objects.open().get().kind == "question"
    answer_question(question, by=dr_okafor, text="The number.")
    assert told(maya)[-1] == "A moderator answered your question about a decision."
    assert not ReviewItem.objects.open().exists()
    with pytest.raises(IllegalTransition):
        answer_question(question, by=dr_lind, text="The number.")


@pytest.fixture
def other(category):
    return Category.objects.create(slug="other", title="Other", purpose="For others.", position=2)


def test_moving_a_thread_moves_its_counters(published, maya, noah, dr_lind, category, other):
    thread = published(maya, "One.").thread
    published(noah, "Two.", thread)
    thread_actions.move_thread(thread, other, by=dr_lind, reason="It is about others.")
    assert differences(category) + differences(other) == []
    other.refresh_from_db()
    assert (other.thread_count, other.post_count, other.last_thread) == (1, 2, thread)
    assert told(maya)[-1] == "A moderator moved your thread to “Other”."
    assert list(ThreadLogEntry.objects.values_list("action", "reason")) == [("moved", "It is about others.")]


def test_a_members_only_thread_stays_members_only_when_moved(published, maya, dr_lind, category, other):
    thread = published(maya, "One.").thread
    Category.objects.filter(pk=category.pk).update(members_only=True)
    thread_actions.move_thread(thread, other, by=dr_lind)
    thread.refresh_from_db()
    assert thread.members_only


def test_merging_threads_moves_posts_and_redirects(client, say, published, maya, noah, dr_lind, category, other):
    first, second = published(maya, "First.").thread, published(noah, "Second.").thread
    late = say(maya, "Waits.", second, public=False)
    thread_actions.move_thread(second, other, by=dr_lind)
    thread_actions.merge(second, first, by=dr_lind, reason="The same question.")
    first.refresh_from_db()
    assert list(Post.objects.in_thread(first).values_list("live_revision__body", "position")) == [
        ("First.", 1),
        ("Second.", 2),
    ]
    assert (first.post_count, first.last_position) == (2, 2)
    assert differences(category) + differences(other) == []
    assert (
        client.get(second.get_absolute_url(), follow=True).redirect_chain[-1][0] == f"{first.get_absolute_url()}#post-2"
    )
    late.refresh_from_db()
    assert late.thread == first
    text_decisions.approve(late.revisions.get(), by=dr_lind)
    late.refresh_from_db()
    assert late.position == 3


def test_a_members_only_thread_cannot_be_merged_into_a_public_one(published, maya, dr_lind):
    secret, public = published(maya, "One.", members_only=True).thread, published(maya, "Two.", title="Other").thread
    with pytest.raises(ValidationError):
        thread_actions.merge(secret, public, by=dr_lind)
    thread_actions.merge(public, secret, by=dr_lind)


def test_posts_can_be_split_off_into_a_new_thread(published, maya, noah, dr_lind, category):
    thread = published(maya, "One.").thread
    posts = [published(noah, text, thread) for text in ("Two.", "Three.")]
    action = thread_actions.split(posts, "Another question", by=dr_lind)
    new = action.other
    assert list(Post.objects.in_thread(new).values_list("live_revision__body", "position")) == [
        ("Two.", 1),
        ("Three.", 2),
    ]
    new.refresh_from_db()
    assert (new.title, new.state, new.post_count, new.author) == ("Another question", "open", 2, noah)
    assert differences(category) == []
    assert published(maya, "Four.", thread).position == 4


def test_a_post_split_off_does_not_name_the_post_it_answered(client, published, maya, noah, dr_lind):
    thread = published(maya, "One.").thread
    sent = reply(thread, PostText("Two."), by=noah, key=uuid4(), quoted=thread.posts.get())
    text_decisions.approve(sent.revisions.get(), by=dr_lind)
    assert "In reply to" in client.get(thread.get_absolute_url()).content.decode()
    new = thread_actions.split([sent], "Another question", by=dr_lind).other
    Thread.objects.filter(pk=thread.pk).update(members_only=True)
    html = client.get(new.get_absolute_url()).content.decode()
    assert ("Two." in html, "In reply to" in html, "Maya" in html) == (True, False, False)


def test_the_first_post_and_anonymous_posts_cannot_be_split_off(published, maya, noah, dr_lind):
    first = published(maya, "One.")
    with pytest.raises(ValidationError):
        thread_actions.split([first], "Title", by=dr_lind)
    reply_ = published(noah, "Two.", first.thread, anonymous=True)
    with pytest.raises(ValidationError):
        thread_actions.split([reply_], "Title", by=dr_lind)


def test_pinning_slowing_and_marking_the_answer(published, maya, noah, dr_okafor, dr_lind):
    thread = published(maya, "One.").thread
    thread_actions.pin(thread, by=dr_lind, pinned=True)
    first = published(dr_lind, "An answer.", thread)
    Thread.objects.filter(pk=thread.pk).update(answer=None)
    thread_actions.mark_answer(first, by=dr_okafor)
    with pytest.raises(ValidationError):
        thread_actions.mark_answer(published(noah, "No clinician.", thread), by=dr_okafor)
    thread_actions.set_slow_mode(thread, by=dr_lind, minutes=30)
    with pytest.raises(ValidationError, match="slow mode"):
        reply(thread, PostText("Again."), by=noah, key=uuid4())
    thread.refresh_from_db()
    assert (thread.pinned, thread.answer, thread.slow_minutes) == (True, first, 30)
    assert [a.action for a in thread.log_entries.all()] == ["pinned", "answer", "slowed"]


@pytest.mark.parametrize("who", ["maya", "noah", "author"])
def test_members_and_the_author_cannot_moderate_a_post(request, published, dr_lind, who, other):
    person = dr_lind if who == "author" else request.getfixturevalue(who)
    post = published(dr_lind, "A clinician writes.")
    actions = [
        lambda: clinical_notes.add_note(post, by=person, body="x"),
        lambda: post_removal.hide(post, by=person, reason="unkind"),
        lambda: thread_actions.pin(post.thread, by=person, pinned=True),
        lambda: thread_actions.set_slow_mode(post.thread, by=person, minutes=5),
        lambda: thread_actions.move_thread(post.thread, other, by=person),
        lambda: thread_actions.merge(post.thread, published(dr_lind, "Another.", title="Other").thread, by=person),
        lambda: thread_actions.split([post], "Title", by=person),
        lambda: thread_actions.mark_answer(post, by=person),
    ]
    for action in actions:
        with pytest.raises(PermissionDenied):
            action()


@pytest.mark.parametrize(
    ("lane", "expected"),
    [
        (1, ["help-card", "escalate", "note", "answer", "changes", "approve", "redact", "reject", "urgent"]),
        (2, ["note", "answer", "changes", "approve", "redact", "reject", "help-card", "urgent", "escalate"]),
        (3, ["approve", "note", "redact", "changes", "reject", "answer", "help-card", "urgent", "escalate"]),
    ],
)
def test_the_likeliest_actions_of_each_lane_come_first(say, maya, dr_okafor, client, lane, expected):
    item = ReviewItem.objects.get(revision=waiting(say, maya))
    ReviewItem.objects.update(lane=lane)
    client.force_login(dr_okafor)
    html = client.get(reverse("forum:review-item", args=[item.pk])).content.decode()
    assert re.findall(r'data-action="([a-z-]+)"', html)[: len(expected)] == expected
