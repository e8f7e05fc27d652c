from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, transaction
from django.utils import timezone

from accounts.conduct.sanctions import impose
from accounts.models import Notification
from forum.experiences import consent
from forum.experiences.offers import PER_DAY, offer_experience
from forum.models import Duty, Experience, Lane, ReadOnlyPeriod, ReviewItem
from forum.moderation.experience_decisions import approve_experience, ask_for_changes
from forum.publishing.experiences import withdraw_experiences
from forum.publishing.requeue import find_queue_faults, repair_queue
from forum.triage import rule_store
from tests.forum.conftest import STORY


def states(member):
    return list(Experience.objects.filter(author=member).order_by("pk").values_list("state", flat=True))


def test_a_story_waits_in_the_queue_with_the_consent_in_its_words(maya):
    offer_experience(STORY, by=maya)
    experience, item = Experience.objects.get(), ReviewItem.objects.get()
    assert (item.kind, item.experience, item.member, item.lane) == ("experience", experience, maya, Lane.GREEN)
    assert (experience.consent_version, experience.consent_text) == (consent.VERSION, consent.TEXT)
    assert list(Experience.objects.public()) == []
    assert find_queue_faults() == []


def test_an_item_that_is_missing_is_opened_again(maya):
    offer_experience(STORY, by=maya)
    ReviewItem.objects.update(state="closed")
    assert len(repair_queue()) == 1
    assert ReviewItem.objects.open().get().experience == Experience.objects.get()


def test_a_second_click_sends_nothing_and_another_text_has_to_wait(maya):
    first = offer_experience(STORY, by=maya)
    assert offer_experience(STORY, by=maya) == first
    with pytest.raises(ValidationError, match="hasn’t read your last version"):
        offer_experience(replace(STORY, text="Another."), by=maya)
    assert states(maya) == ["waiting"]


def test_a_change_is_a_new_version_that_replaces_the_shown_one_when_it_is_approved(tell, maya, dr_okafor):
    first = tell(maya, "Zebras.")
    second = tell(maya, "Two zebras.", public=False)
    assert [each.text for each in Experience.objects.public()] == ["Zebras."]
    ask_for_changes(second, by=dr_okafor, reason="dose", note="Leave out the amount.")
    third = tell(maya, "Two zebras, changed.", public=False)
    assert states(maya) == ["shown", "replaced", "waiting"]
    approve_experience(third, by=dr_okafor)
    assert states(maya) == ["replaced", "replaced", "shown"]
    shown = Experience.objects.public().get()
    assert (shown.text, shown.published_at) == ("Two zebras, changed.", first.published_at)


def test_a_story_about_danger_is_red_and_alarms_those_on_duty(maya, dr_okafor):
    rule_store.load()
    now = timezone.now()
    Duty.objects.create(moderator=dr_okafor, starts_at=now, ends_at=now + timedelta(hours=1))
    offer_experience(replace(STORY, text="It did nothing. I want to kill myself tonight."), by=maya)
    assert ReviewItem.objects.get().lane == Lane.RED
    assert Notification.objects.filter(recipient=dr_okafor, kind="red").count() == 1


def test_a_red_story_that_is_withdrawn_stays_for_a_clinician(maya):
    rule_store.load()
    offer_experience(replace(STORY, text="I want to kill myself tonight."), by=maya)
    withdraw_experiences(maya)
    item = ReviewItem.objects.get()
    assert (item.state, item.author_did, item.experience.text) == (
        "open",
        "withdrawn",
        "I want to kill myself tonight.",
    )


def test_only_those_who_may_post_offer_a_story_and_only_their_own_published_posts(published, say, maya, noah, vera):
    with pytest.raises(PermissionDenied):
        offer_experience(STORY, by=maya, post=published(noah, "Noah writes."))
    with pytest.raises(PermissionDenied):
        offer_experience(STORY, by=maya, post=say(maya, "Not read yet.", public=False))
    impose(maya, by=vera, kind="suspension", reason="r", message="m")
    with pytest.raises(PermissionDenied):
        offer_experience(STORY, by=maya)


def test_an_anonymous_post_is_never_told_under_a_name(published, maya):
    post = published(maya, "Zebras.", anonymous=True)
    with pytest.raises(ValidationError, match="anonymous"):
        offer_experience(replace(STORY, shown_as="name"), by=maya, post=post)
    assert offer_experience(STORY, by=maya, post=post).byline == "A member"


def test_a_member_sends_a_few_versions_a_day(tell, maya):
    for number in range(PER_DAY):
        tell(maya, f"Zebra {number}.")
    with pytest.raises(ValidationError, match="tomorrow"):
        offer_experience(STORY, by=maya)


def test_no_story_is_taken_in_a_read_only_period(maya):
    ReadOnlyPeriod.objects.create(reason="No one is here.")
    with pytest.raises(ValidationError, match="isn’t taking new posts"):
        offer_experience(STORY, by=maya)


@pytest.mark.parametrize("change", [{"text": "Other words."}, {"shown_as": "name"}, {"consent_text": "Anything."}])
def test_the_database_keeps_what_was_agreed_to(tell, maya, change):
    tell(maya)
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        Experience.objects.update(**change)
