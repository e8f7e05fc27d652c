"""The text model behind the rules: it raises GREEN to AMBER, shows help lines, and can be switched off."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from forum.models import Duty, Lane, ReviewItem, TriageMatch, TriageModel, TriageVersion
from forum.triage import rule_store
from forum.triage.detection import detect, has_holding_match
from forum.triage.text_model import shipped_model

OBLIQUE = "I shall not be attending next week's meeting, nor any thereafter"
ORDINARY = "What time of day do you take yours? Mornings make me queasy."
RED = "I want to kill myself tonight."


@pytest.fixture
def rules(loaded_rules, db):
    """The starting rules."""


@pytest.fixture
def switch(rules):
    def switch(by, **values):
        row = TriageModel.objects.get()
        for name, value in values.items():
            setattr(row, name, value)
        rule_store.save(row, by=by)

    return switch


def lanes(text):
    return [(f.kind, f.lane) for f in detect({"title": "", "body": text})]


def test_it_raises_what_the_rules_leave_green(rules):
    assert lanes(OBLIQUE) == [("model", Lane.AMBER)]
    assert "model" not in {kind for kind, _ in lanes(ORDINARY)}


def test_it_reads_title_and_body_together(rules):
    assert [f.kind for f in detect({"title": OBLIQUE, "warning": "", "body": "See the title."})] == ["model"]


def test_it_adds_nothing_to_what_a_rule_raised(rules):
    assert {kind for kind, _ in lanes(f"{RED} {OBLIQUE}")} == {"words"}
    assert {kind for kind, _ in lanes(f"My eyes are yellow. {OBLIQUE}")} == {"words"}


def test_the_database_knows_it_in_amber_only(rules, say, maya):
    revision = say(maya, "Hello.", public=False).revisions.get()
    for lane in (Lane.RED, Lane.GREEN):
        with pytest.raises(IntegrityError), transaction.atomic():
            TriageMatch.objects.create(revision=revision, kind="model", lane=lane)


def test_the_text_is_held_the_author_sees_help_lines_and_no_one_is_alarmed(rules, guide, client, say, maya, dr_okafor):
    now = timezone.now()
    Duty.objects.create(moderator=dr_okafor, starts_at=now, ends_at=now + timedelta(hours=1))
    post = say(maya, OBLIQUE, public=False)
    revision = post.revisions.get()
    [match] = revision.triage_matches.filter(lane__lt=Lane.GREEN)
    assert (match.kind, match.rule, match.rule_version) == ("model", None, shipped_model().version)
    assert (has_holding_match(revision), ReviewItem.objects.get().lane) == (True, Lane.AMBER)
    assert not Notification.objects.filter(recipient=dr_okafor).exists()
    client.force_login(maya)
    html = client.get(reverse("forum:my-post", args=[post.pk])).content.decode()
    main = html.split("<main")[1]
    assert ("you can get help now" in main, 'href="tel:988"' in main, "sounds urgent" in main) == (True, True, False)


def test_the_moderator_reads_that_the_model_held_it(rules, client, say, maya, dr_okafor):
    say(maya, OBLIQUE, public=False)
    client.force_login(dr_okafor)
    html = client.get(reverse("forum:review-item", args=[ReviewItem.objects.get().pk])).content.decode()
    assert "Text model: may be about danger" in html


def test_switched_off_it_reads_nothing_and_on_again_it_does(switch, dr_lind):
    switch(dr_lind, active=False)
    assert lanes(OBLIQUE) == []
    switch(dr_lind, active=True)
    assert lanes(OBLIQUE) == [("model", Lane.AMBER)]


def test_a_higher_threshold_raises_less(switch, dr_lind):
    switch(dr_lind, threshold=100.0)
    assert lanes(OBLIQUE) == []


def test_without_its_row_it_is_off(db):
    TriageModel.objects.all().delete()
    assert lanes(OBLIQUE) == []


def test_the_admin_switches_it_and_the_log_says_who(rules, client, dr_lind):
    client.force_login(dr_lind)
    url = reverse("admin:forum_triagemodel_change", args=[TriageModel.objects.get().pk])
    assert f"Version {shipped_model().version}, trained on" in client.get(url).content.decode()
    assert client.post(url, {"active": "on", "threshold": "-3"}).status_code == 302
    assert TriageModel.objects.get().threshold == -3
    newest = TriageVersion.objects.filter(subject="model danger").first()
    assert (newest.number, newest.by, newest.content["threshold"]) == (2, dr_lind, -3)
    assert client.get(reverse("admin:forum_triagemodel_add")).status_code == 403


def test_loading_again_leaves_the_switch_as_staff_set_it(switch, dr_lind):
    switch(dr_lind, active=False)
    assert rule_store.load() == 0
    assert not TriageModel.objects.get().active
