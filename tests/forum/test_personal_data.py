import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.privacy.exports import collect
from forum.models import Category, ItemLogEntry, Lane, OutsideText, Post, PostRevision, ReviewItem, TriageMatch
from forum.moderation.urgency import change_urgency, close_item
from forum.personal_data import clear_kept_texts, erase
from forum.triage import rule_store
from forum.triage.intake import take_in_outside_text


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


def test_an_export_contains_what_triage_read_and_what_moderators_noted(red_post, maya, dr_okafor):
    take_in_outside_text(DANGER, source="unsent", by=maya)
    change_urgency(ReviewItem.objects.first(), by=dr_okafor, lane=Lane.AMBER, reason="A line of a song.")
    copy = collect(maya)
    assert [row["text"] for row in copy["What you wrote outside the forum that moderators read"]] == [DANGER]
    assert "A line of a song." in json.dumps(copy, default=str)
