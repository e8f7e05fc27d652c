"""Lane and waiting time of a logged decision are those of the queue item that it answers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Credential
from forum.appeals.appeal import appeal
from forum.appeals.reports import report_post
from forum.models import Decision, ReviewItem
from forum.moderation import appeal_decisions, post_removal, report_decisions, text_decisions
from forum.moderation.decision_records import record_decision

HOUR = timedelta(hours=1)


def age(hours, **which):
    """Make the items RED and as old as the given hours."""
    ReviewItem.objects.filter(**which).update(asked_at=timezone.now() - hours * HOUR, lane=1)


def hours(decision):
    return (decision.lane, round(decision.waited / HOUR))


@pytest.mark.parametrize("action", ["approve", "changes", "reject"])
def test_the_wait_of_a_text_begins_when_its_item_was_opened(say, maya, dr_okafor, action):
    revision = say(maya, "Words.", public=False).revisions.get()
    age(3, revision=revision)
    actions = {
        "approve": lambda: text_decisions.approve(revision, by=dr_okafor),
        "changes": lambda: text_decisions.ask_for_changes(revision, by=dr_okafor, reason="dose", note="Please."),
        "reject": lambda: text_decisions.reject(revision, by=dr_okafor, reason="dose"),
    }
    assert hours(actions[action]()) == (1, 3)
    assert ReviewItem.objects.get().closed_by == dr_okafor


def test_a_removal_uses_the_wait_of_the_report_and_overturning_it_that_of_the_appeal(
    say, maya, noah, dr_okafor, dr_lind
):
    post = say(maya, "Words.")
    age(9, revision=post.live_revision)
    report_post(post, by=noah, reason="dose")
    age(2, kind="report")
    removed = post_removal.remove(post, by=dr_lind, reason="dose")
    assert hours(removed) == (1, 2)
    assert ReviewItem.objects.get(kind="report").closed_by == dr_lind
    made = appeal(removed, by=maya, text="Why?")
    age(5, kind="appeal")
    appeal_decisions.answer_appeal(made, by=dr_okafor, overturn=True, answer="So.")
    assert hours(Decision.objects.latest("pk")) == (1, 5)
    assert ReviewItem.objects.get(kind="appeal").closed_by == dr_okafor


def test_a_removal_without_a_report_and_a_restoration_use_the_texts_item(say, maya, noah, dr_okafor, dr_lind):
    post = say(maya, "Words.")
    report_post(post, by=noah, reason="dose")
    report_decisions.dismiss_report(post.reports.get(), by=dr_lind)
    age(9, revision=post.live_revision)
    assert hours(post_removal.remove(post, by=dr_lind, reason="dose")) == (1, 9)
    assert hours(post_removal.restore(post, by=dr_okafor)) == (1, 9)


def test_without_an_item_the_lane_comes_from_triage(say, maya, dr_okafor):
    post = say(maya, "Words.")
    ReviewItem.objects.all().delete()
    decision = post_removal.hide(post, by=dr_okafor, reason="dose")
    assert (decision.lane, decision.waited < HOUR) == (3, True)


def test_a_decision_without_a_credential_in_force_is_an_error(say, maya, dr_okafor):
    revision = say(maya, "Words.").live_revision
    Credential.objects.filter(user=dr_okafor).update(expires_at=timezone.now() - HOUR)
    with pytest.raises(ValueError, match="no credential in force"):
        record_decision(revision, Decision.Action.READ, by=dr_okafor)
