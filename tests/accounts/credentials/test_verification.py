"""Each action in each state, and its effects."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from accounts.credentials import verification
from accounts.models import Credential, CredentialEvent, Notification, User
from accounts.permissions import credential_in_force, is_clinician
from core.transitions import IllegalTransition
from tests.accounts.samples import application, in_state, submit

STATES = ["submitted", "more-asked", "approved", "rejected", "revoked", "withdrawn"]
ACTIONS = {
    "answer": lambda c, by, verifier: verification.answer_request(c, application(), by=by, message="Here."),
    "withdraw": lambda c, by, verifier: verification.withdraw_application(c, by=by),
    "approve": lambda c, by, verifier: verification.approve(c, by=verifier),
    "ask": lambda c, by, verifier: verification.ask_for_more(c, by=verifier, reason="Which?"),
    "reject": lambda c, by, verifier: verification.reject(c, by=verifier, reason="Not found."),
    "revoke": lambda c, by, verifier: verification.revoke(c, by=verifier, reason="Licence ended."),
}
LEADS_TO = {
    ("submitted", "withdraw"): "withdrawn",
    ("submitted", "approve"): "approved",
    ("submitted", "ask"): "more-asked",
    ("submitted", "reject"): "rejected",
    ("more-asked", "answer"): "submitted",
    ("more-asked", "withdraw"): "withdrawn",
    ("more-asked", "reject"): "rejected",
    ("approved", "withdraw"): "withdrawn",
    ("approved", "revoke"): "revoked",
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", STATES)
def test_each_act_leads_where_it_should_or_is_refused(state, action, maya, vera):
    credential = in_state(state, maya, vera)
    told, noted = Notification.objects.of(maya).count(), credential.events.count()
    try:
        ACTIONS[action](credential, maya, vera)
        moved = 1
    except IllegalTransition:
        moved = 0
    credential.refresh_from_db()
    assert (credential.state, moved) == (LEADS_TO.get((state, action), state), int((state, action) in LEADS_TO))
    assert (credential.events.count(), Notification.objects.of(maya).count()) == (noted + moved, told + moved)


@pytest.mark.parametrize("action", ["approve", "ask", "reject", "revoke"])
def test_no_one_decides_about_themselves(action, vera):
    boss = User.objects.create_superuser("boss@example.org", "pw", display_name="Boss")
    for person in (vera, boss):
        User.objects.filter(pk=person.pk).update(adult_confirmed_at=timezone.now(), rules_accepted=1)
        other = boss if person == vera else vera
        credential = in_state("approved" if action == "revoke" else "submitted", person, other)
        with pytest.raises(PermissionDenied):
            ACTIONS[action](credential, person, person)
        assert Credential.objects.get(pk=credential.pk).state == credential.state


@pytest.mark.parametrize("action", ["approve", "ask", "reject", "revoke"])
def test_only_verifiers_decide(action, maya, noah, elif_, dr_okafor, vera):
    credential = in_state("approved" if action == "revoke" else "submitted", maya, vera)
    for person in (noah, elif_, dr_okafor):
        with pytest.raises(PermissionDenied):
            ACTIONS[action](credential, maya, person)


@pytest.mark.parametrize("action", ["answer", "withdraw"])
def test_only_its_owner_answers_and_withdraws(action, maya, noah, vera):
    credential = in_state("more-asked", maya, vera)
    for person in (noah, vera):
        with pytest.raises(PermissionDenied):
            ACTIONS[action](credential, person, vera)


def test_one_application_at_a_time_and_none_far_from_the_end(maya, vera):
    credential = submit(maya)
    with pytest.raises(PermissionDenied):
        submit(maya)
    verification.approve(credential, by=vera)
    with pytest.raises(PermissionDenied):
        submit(maya)
    Credential.objects.update(expires_at=timezone.now() + timedelta(days=59))
    assert submit(maya).state == "submitted"


def test_a_renewed_credential_takes_the_place_of_the_old_one(maya, vera):
    old = in_state("approved", maya, vera)
    Credential.objects.update(expires_at=timezone.now() + timedelta(days=20))
    new = verification.approve(submit(maya), by=vera)
    old.refresh_from_db()
    assert (credential_in_force(maya), old.is_in_force, old.status_label) == (new, False, "lapsed")
    verification.revoke(new, by=vera, reason="A mistake.")
    assert credential_in_force(maya) is None


def test_the_history_says_who_what_when_and_why(maya, vera):
    credential = submit(maya)
    verification.ask_for_more(credential, by=vera, reason="Which state?")
    changed = application(jurisdiction="Iowa", npi="")
    verification.answer_request(credential, changed, by=maya, message="Iowa, sorry.")
    verification.approve(credential, by=vera, reason="Found.")
    found = [(e.by, e.action, e.reason) for e in credential.events.all()]
    assert found == [
        (maya, "submitted", ""),
        (vera, "asked", "Which state?"),
        (maya, "answered", "Iowa, sorry.\n\nChanged: jurisdiction, NPI."),
        (vera, "approved", "Found."),
    ]
    assert all(timezone.now() - e.at < timedelta(minutes=1) for e in credential.events.all())
    credential.refresh_from_db()
    assert (credential.jurisdiction, credential.npi) == ("Iowa", "")


def test_a_notification_names_nothing_private(maya, vera):
    credential = in_state("more-asked", maya, vera)
    last = Notification.objects.of(maya).first()
    assert (last.kind, last.subject_id, last.url) == ("badge", credential.pk, f"/account/badge/{credential.pk}/")
    assert last.sentence == "A verifier has a question about your application."


@pytest.mark.parametrize("days", [-1, 0, 368])
def test_an_end_in_the_past_or_far_away_is_refused(days, maya, vera):
    credential = submit(maya)
    with pytest.raises(ValidationError):
        verification.approve(credential, by=vera, expires_at=timezone.now() + timedelta(days=days))
    assert Credential.objects.get().state == "submitted"


def test_a_badge_lasts_a_year_unless_something_else_is_said(maya, vera):
    credential = verification.approve(submit(maya), by=vera)
    assert credential.expires_at - credential.approved_at == timedelta(days=365)


def test_the_end_is_exact_to_the_second(maya, vera, monkeypatch):
    credential = in_state("approved", maya, vera)
    for seconds, expected in [(-1, True), (0, False), (1, False)]:
        now = credential.expires_at + timedelta(seconds=seconds)
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda now=now: now)
            assert (is_clinician(maya), credential.is_in_force) == (expected, expected)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_history(change, maya):
    event = submit(maya).events.get()
    statements = {
        "update": [
            lambda: CredentialEvent.objects.update(reason="x"),
            "update accounts_credentialevent set reason = 'x'",
        ],
        "delete": [lambda: CredentialEvent.objects.all().delete(), "delete from accounts_credentialevent"],
    }
    by_orm, sql = statements[change]
    with pytest.raises(DatabaseError), transaction.atomic():
        by_orm()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert CredentialEvent.objects.get() == event


def ends_in(credential, **span):
    Credential.objects.filter(pk=credential.pk).update(expires_at=timezone.now() + timedelta(**span))


def reminders():
    return [n.sentence for n in Notification.objects.filter(sentence__startswith="Your badge ends").order_by("pk")]


def test_reminders_are_sent_once_30_and_7_days_before_expiry(maya, vera):
    credential = in_state("approved", maya, vera)
    counts = []
    for days in (31, 30, 29, 8, 7, 6, 0):
        ends_in(credential, days=days)
        verification.remind_before_expiry()
        verification.remind_before_expiry()
        counts.append(len(reminders()))
    assert counts == [0, 1, 1, 1, 2, 2, 2]


def test_after_a_long_pause_of_the_worker_one_reminder_is_enough(maya, vera):
    ends_in(in_state("approved", maya, vera), days=3)
    assert [verification.remind_before_expiry() for _ in range(3)] == [1, 0, 0]


def test_no_reminder_after_a_new_application_or_without_a_badge(maya, noah, vera):
    ends_in(in_state("approved", maya, vera), days=20)
    submit(maya)
    ends_in(in_state("revoked", noah, vera), days=20)
    assert verification.remind_before_expiry() == 0
