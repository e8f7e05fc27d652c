from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.privacy.account_deletion import cancel_deletion, request_deletion
from accounts.privacy.erasure import erase
from forum.models import Experience, ExperienceDecision, Lane, ReviewItem, TriageMatch
from forum.moderation.experience_decisions import approve_experience
from forum.moderation.text_decisions import Superseded
from forum.moderation.urgency import close_item
from forum.publishing.experiences import empty_withdrawn_experiences, withdraw_experiences
from forum.triage import rule_store
from tests.forum.conftest import STORY
from tests.simultaneous import at_once, errors, while_uncommitted

DANGER = "It did nothing. I want to kill myself tonight."


@pytest.fixture
def rules(db):
    rule_store.load()


def texts():
    return list(Experience.objects.order_by("pk").values_list("state", "text", "goal"))


def test_withdrawing_empties_every_version_at_once_and_keeps_the_consent(tell, maya):
    tell(maya, "Zebras and 50 mg.")
    tell(maya, "Two zebras.", public=False)
    withdraw_experiences(maya)
    assert texts() == [("withdrawn", "", ""), ("withdrawn", "", "")]
    assert ReviewItem.objects.open().count() == TriageMatch.objects.count() == 0
    assert all(Experience.objects.values_list("consent_text", flat=True))


def test_a_red_text_is_emptied_once_a_clinician_has_closed_its_item(rules, tell, maya, dr_okafor):
    tell(maya, DANGER, public=False)
    withdraw_experiences(maya)
    assert empty_withdrawn_experiences() == 0
    close_item(ReviewItem.objects.get(), by=dr_okafor, reason="I called her.")
    assert empty_withdrawn_experiences() == 1
    assert (texts(), TriageMatch.objects.count()) == ([("withdrawn", "", "")], 0)


def test_a_red_text_is_emptied_after_thirty_days_at_the_latest(rules, tell, maya):
    tell(maya, DANGER, public=False)
    withdraw_experiences(maya)
    ReviewItem.objects.update(author_did_at=timezone.now() - timedelta(days=31))
    assert empty_withdrawn_experiences() == 1
    assert ReviewItem.objects.get().lane == Lane.RED


def test_a_member_who_is_leaving_is_not_shown_and_who_stays_is(tell, maya):
    tell(maya)
    request_deletion(maya, posts_choice="leave")
    assert Experience.objects.public().count() == 0
    cancel_deletion(maya)
    assert Experience.objects.public().count() == 1


@pytest.mark.parametrize("posts_choice", ["leave", "remove"])
def test_erasure_withdraws_and_empties_the_story_and_what_moderators_wrote_about_it(
    tell, maya, dr_okafor, posts_choice
):
    tell(maya)
    ExperienceDecision.objects.create(
        experience=Experience.objects.get(),
        action="approved",
        note="Dear Maya.",
        by=dr_okafor,
        credential=dr_okafor.credentials.get(),
    )
    request_deletion(maya, posts_choice=posts_choice)
    erase(User.objects.get(pk=maya.pk))
    assert texts() == [("withdrawn", "", "")]
    assert set(ExperienceDecision.objects.values_list("note", flat=True)) == {""}


@pytest.mark.django_db(transaction=True)
def test_a_story_that_is_withdrawn_while_it_is_being_approved_is_withdrawn(tell, maya, dr_okafor):
    experience = tell(maya, public=False)
    with while_uncommitted(lambda: withdraw_experiences(maya)) as results:
        approve_experience(experience, by=dr_okafor)
    assert (results, texts()) == ([None], [("withdrawn", "", "")])


@pytest.mark.django_db(transaction=True)
def test_a_story_that_is_approved_while_it_is_being_withdrawn_is_withdrawn(tell, maya, dr_okafor):
    experience = tell(maya, public=False)
    with while_uncommitted(lambda: approve_experience(experience, by=dr_okafor)) as results:
        withdraw_experiences(maya)
    assert ([type(each) for each in results], texts()) == ([Superseded], [("withdrawn", "", "")])


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_send_one_story(tell, maya):
    results = at_once(*[lambda: tell(maya, public=False)] * 2)
    assert (errors(results), texts()) == ([], [("waiting", STORY.text, STORY.goal)])
