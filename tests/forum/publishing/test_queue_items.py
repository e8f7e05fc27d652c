"""The queue has one open item for everything that waits, and no others."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from forum.appeals.appeal import appeal
from forum.appeals.reports import report_member, report_post
from forum.models import Category, Decision, PostRevision, ReviewItem, Trust
from forum.moderation import appeal_decisions, post_removal, report_decisions, text_decisions
from forum.posting.posts import PostText, edit_post, withdraw_post
from forum.triage import rule_store


def waiting():
    return [f"{i.kind} {i.lane}" for i in ReviewItem.objects.open().order_by("pk")]


def test_a_new_post_has_an_open_item_in_its_lane_until_decided(say, maya, dr_okafor):
    post = say(maya, "Can I take it with food?", public=False)
    item = ReviewItem.objects.get()
    assert (item.post, item.category, item.promised_at - item.asked_at) == (
        post,
        post.thread.category,
        timedelta(days=1),
    )
    text_decisions.approve(post.revisions.get(), by=dr_okafor)
    assert waiting() == []


def test_the_most_urgent_match_sets_the_lane(say, maya):
    rule_store.load()
    say(maya, "I want to kill myself tonight.", public=False)
    item = ReviewItem.objects.get()
    assert (item.lane, item.promised_at - item.asked_at) == (1, timedelta(minutes=15))


def test_a_newer_revision_replaces_the_older_in_the_queue(say, maya):
    post = say(maya, "One.", public=False)
    edit_post(post, PostText("Two.", title="T"), by=maya)
    assert waiting() == ["edit 3"]
    withdraw_post(post, by=maya)
    assert waiting() == []


def test_a_post_published_before_review_has_an_open_item(say, maya, dr_okafor, category):
    rule_store.load()
    User.objects.update(date_joined=timezone.now() - timedelta(days=90))
    maya.refresh_from_db()
    Category.objects.filter(pk=category.pk).update(policy="review-after", clinical=False)
    Trust.objects.create(user=maya, by=dr_okafor, reason="Known for long.")
    post = say(maya, "Good morning.", public=False)
    assert waiting() == ["after 3"]
    post_removal.keep_shown(PostRevision.objects.get(post=post), by=dr_okafor)
    assert waiting() == []


def test_reports_on_the_same_post_share_one_item(say, maya, noah, dr_okafor, dr_lind):
    post = say(maya, "Words.")
    first, _ = report_post(post, by=noah, reason="spam")
    report_post(post, by=dr_lind, reason="unkind")
    report_post(post, by=noah, reason="spam")
    assert waiting() == ["report 2"]
    report_decisions.dismiss_report(first, by=dr_okafor)
    assert waiting() == []


def test_a_report_on_a_member_has_an_open_item(maya, noah, dr_okafor):
    found, _ = report_member(maya, by=noah, reason="unkind")
    assert [i.member for i in ReviewItem.objects.open()] == [maya]
    report_decisions.dismiss_report(found, by=dr_okafor)
    assert waiting() == []


def test_an_appeal_is_queued_for_another_moderator(say, maya, dr_okafor, dr_lind):
    post = say(maya, "Words.", public=False)
    text_decisions.reject(post.revisions.get(), by=dr_okafor, reason="spam")
    made = appeal(Decision.objects.get(), by=maya, text="It is no advertisement.")
    assert waiting() == ["appeal 2"]
    assert not ReviewItem.objects.open().for_moderator(dr_okafor).exists()
    assert ReviewItem.objects.open().for_moderator(dr_lind).count() == 1
    appeal_decisions.answer_appeal(made, by=dr_lind, overturn=True, answer="You are right.")
    assert waiting() == []


def test_moderators_do_not_see_items_they_are_involved_in(say, maya, noah, dr_okafor, dr_lind):
    say(dr_okafor, "A clinician writes.", public=False)
    report_post(say(maya, "Words."), by=dr_lind, reason="spam")
    assert [i.kind for i in ReviewItem.objects.open().for_moderator(dr_okafor)] == ["report"]
    assert [i.kind for i in ReviewItem.objects.open().for_moderator(dr_lind)] == ["new"]


def test_an_appeal_against_a_removal_has_an_open_item(say, maya, dr_okafor, dr_lind):
    decision = post_removal.remove(say(maya, "Words."), by=dr_okafor, reason="spam")
    appeal(decision, by=maya, text="It is no advertisement.")
    assert [i.kind for i in ReviewItem.objects.open().for_moderator(dr_lind)] == ["appeal"]
