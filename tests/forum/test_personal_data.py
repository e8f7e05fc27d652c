import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.privacy.exports import collect
from forum.appeals.reports import report_member, report_post
from forum.models import (
    Category,
    Draft,
    ItemLogEntry,
    Lane,
    OutsideText,
    PendingAction,
    Post,
    PostRevision,
    PrivateNote,
    ReviewItem,
    ThreadLogEntry,
    TriageMatch,
)
from forum.moderation import item_forms, published_forms
from forum.moderation.escalation import escalate, hand_back
from forum.moderation.post_removal import remove
from forum.moderation.urgency import change_urgency, close_item
from forum.personal_data import clear_kept_texts, erase
from forum.publishing.mentions import with_current_names
from forum.publishing.visible_text import rerender_revision
from forum.triage import rule_store
from forum.triage.intake import take_in_outside_text
from tests.simultaneous import while_uncommitted


def test_an_export_contains_only_the_members_own_posts(published, maya, noah):
    thread = published(maya, "Maya's words.").thread
    published(noah, "Noah's words.", thread)
    text = json.dumps(collect(maya), default=str)
    assert "Maya's words." in text
    for other in ("Noah", "Okafor"):
        assert other not in text


@pytest.mark.parametrize(("posts_choice", "state", "left"), [("leave", "published", 2), ("remove", "deleted", 1)])
def test_erasure_keeps_or_removes_posts_as_chosen(say, published, maya, noah, posts_choice, state, left):
    thread = published(maya, "Question.").thread
    published(noah, "Answer.", thread)
    waiting = say(maya, "Not yet read.", thread, public=False)
    maya.posts_choice = User.PostsChoice(posts_choice)
    erase(maya)
    waiting.refresh_from_db()
    assert Post.objects.get(position=1).state == state
    assert (waiting.state, waiting.revisions.get().state) == ("withdrawn", "withdrawn")
    assert Category.objects.get().post_count == left
    kept = PostRevision.objects.filter(post__author=maya).exclude(body="").values_list("body", flat=True)
    assert list(kept) == ([] if posts_choice == "remove" else ["Question."])
    assert PostRevision.objects.filter(state="waiting").count() == 0


DANGER = "I am going to kill myself tonight. I have the pills here."


@pytest.fixture
def red_post(say, maya):
    rule_store.load()
    return say(maya, DANGER, public=False)


def test_erasure_keeps_a_red_item_with_its_words_until_a_clinician_closes_it(red_post, maya, dr_okafor):
    erase(maya)
    item = ReviewItem.objects.open().get()
    assert (item.lane, item.author_did, item.revision.body) == (Lane.RED, "erased", DANGER)
    assert (clear_kept_texts(), TriageMatch.objects.filter(lane=Lane.RED).count() > 0) == (0, True)
    close_item(item, by=dr_okafor, reason="The account is gone, so no one can be reached.")
    assert (clear_kept_texts(), clear_kept_texts()) == (1, 0)
    item.refresh_from_db()
    assert (item.state, item.author_did, PostRevision.objects.get().body) == ("closed", "cleared", "")
    assert TriageMatch.objects.count() == 0


def test_kept_words_go_after_thirty_days_at_the_latest_and_the_item_stays_red(red_post, maya):
    erase(maya)
    ReviewItem.objects.update(author_did_at=timezone.now() - timedelta(days=31))
    assert clear_kept_texts() == 1
    item = ReviewItem.objects.open().get()
    assert (item.lane, item.author_did, item.revision.body) == (Lane.RED, "cleared", "")


def test_erasure_clears_what_is_not_red_and_texts_from_outside_the_forum(red_post, say, maya, dr_okafor):
    take_in_outside_text(DANGER, source="unsent", by=maya)
    for item in ReviewItem.objects.open():
        change_urgency(item, by=dr_okafor, lane=Lane.GREEN, reason="A song.")
    erase(maya)
    assert (PostRevision.objects.get().body, OutsideText.objects.get().text) == ("", "")
    assert set(ItemLogEntry.objects.values_list("reason", flat=True)) == {"(erased)"}


@pytest.mark.parametrize("about", ["maya", "noah"])
def test_erasure_clears_what_moderators_typed_and_undid(say, maya, noah, dr_okafor, about):
    """About the member's own posts, and where it names the member."""
    item = say({"maya": maya, "noah": noah}[about], "Words.", public=False).review_items.get()
    held = {"item": item, "action": "reject", "title": "Do not publish", "by": dr_okafor}
    held |= {"credential": dr_okafor.credentials.get(), "state": "undone", "settled_at": timezone.now()}
    PendingAction.objects.create(**held, data={"reject-note": ["Maya should ask her prescriber."]})
    erase(maya)
    assert PendingAction.objects.get().data == {}


def test_an_export_contains_what_triage_read_and_what_moderators_noted(red_post, maya, dr_okafor):
    take_in_outside_text(DANGER, source="unsent", by=maya)
    change_urgency(ReviewItem.objects.first(), by=dr_okafor, lane=Lane.AMBER, reason="A line of a song.")
    copy = collect(maya)
    assert [row["text"] for row in copy["What you wrote outside the forum that moderators read"]] == [DANGER]
    assert "A line of a song." in json.dumps(copy, default=str)


def undone(item, by, words, state="undone"):
    settled = None if state == "pending" else timezone.now()
    PendingAction.objects.create(
        item=item,
        action="reject",
        title="Do not publish",
        by=by,
        credential=by.credentials.get(),
        state=state,
        settled_at=settled,
        data={"reject-note": [words], "reject-key": ["7f3a"]},
    )


def test_an_export_has_what_moderators_typed_about_the_member_and_undid(say, maya, noah, dr_okafor):
    item = say(maya, "Words.", public=False).review_items.get()
    report_member(maya, by=noah, reason="unkind")
    undone(item, dr_okafor, "Noah says that she should ask her prescriber.")
    undone(item, dr_okafor, "It can still take effect.", state="pending")
    undone(ReviewItem.objects.get(kind="report"), dr_okafor, "About a report.")
    undone(say(noah, "Other words.", public=False).review_items.get(), dr_okafor, "About someone else.")
    rows = collect(maya)["Actions on your texts that moderators undid"]
    assert [(row["title"], row["state"], row["words"]) for row in rows] == [
        ("Do not publish", "undone", "(a member) says that she should ask her prescriber.")
    ]


NOTE = "Noah reported this, third time; is he right?"


def notes_in(user):
    return json.dumps(collect(user), default=str)


def test_an_export_has_no_note_on_a_report_and_no_reporters_name(published, maya, noah, dr_okafor, dr_lind):
    post = published(maya, "Words.")
    report_post(post, by=noah, reason="unkind")
    item = ReviewItem.objects.get(kind="report")
    escalate(item, by=dr_okafor, to=dr_lind, note=NOTE)
    hand_back(ReviewItem.objects.get(pk=item.pk), by=dr_lind, note=NOTE)
    change_urgency(ReviewItem.objects.get(pk=item.pk), by=dr_lind, lane=Lane.GREEN, reason=NOTE)
    report_member(maya, by=noah, reason="unkind")
    about_her = ReviewItem.objects.get(kind="report", member=maya)
    escalate(about_her, by=dr_okafor, to=dr_lind, note=NOTE)
    PrivateNote.objects.create(by=dr_okafor, member=maya, text="Told by NOAH. Kind otherwise; Noahs differ.")
    copy = notes_in(maya)
    assert "third time" not in copy
    assert "escalated" not in copy
    assert "Told by (a member). Kind otherwise; Noahs differ." in copy


def test_every_form_for_moderators_only_says_who_may_read_it():
    for module in (item_forms, published_forms):
        for form in vars(module).values():
            for field in getattr(form, "base_fields", {}).values():
                if "moderators only" in str(field.label) or field.label == "Private note":
                    assert item_forms.MAY_BE_READ in field.help_text, (form, field.label)


def test_erasure_removes_the_name_from_others_texts_drafts_and_notes(say, published, maya, noah, dr_okafor):
    thread = published(maya, "Question.").thread
    answer = say(noah, "Hello @Maya, hello @maya! And a maya bee.", thread)
    Draft.objects.create(author=noah, thread=thread, form_data={"body": "Dear @Maya, wait."})
    PrivateNote.objects.create(by=dr_okafor, member=noah, text="Kind to Maya. Mayan art.")
    ThreadLogEntry.objects.create(
        thread=thread, action="pinned", by=dr_okafor, credential=dr_okafor.credentials.get(), reason="Maya asked."
    )
    maya.posts_choice = User.PostsChoice.LEAVE
    erase(maya)
    User.objects.filter(pk=maya.pk).update(state="erased", display_name="former member 1")
    revision = answer.revisions.get()
    assert revision.body == "Hello @xxxx, hello @xxxx! And a maya bee."
    assert Draft.objects.get().form_data["body"] == "Dear @xxxx, wait."
    assert PrivateNote.objects.get().text == "Kind to (erased). Mayan art."
    assert ThreadLogEntry.objects.get().reason == "(erased) asked."
    before = revision.html
    rerender_revision(revision)
    assert revision.html == before
    assert with_current_names(revision.body, revision) == "Hello former member, hello former member! And a maya bee."


@pytest.mark.django_db(transaction=True)
def test_erasure_waits_for_a_removal_and_then_empties_the_text(published, maya, dr_okafor):
    post = published(maya, "Her words.")
    maya.posts_choice = User.PostsChoice.LEAVE
    maya.save()

    def erase_maya():
        with transaction.atomic():
            erase(User.objects.select_for_update(no_key=True).get(pk=maya.pk))

    with while_uncommitted(erase_maya) as results:
        remove(post, by=dr_okafor, reason="dose")
    assert results == [None]
    post.refresh_from_db()
    assert (post.state, post.revisions.get().body) == ("removed", "")
