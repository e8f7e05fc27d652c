"""Duty, pauses and the rota."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Credential
from forum.models import Duty, PrivateNote, ReadOnlyPeriod
from forum.team import rota

HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    return timezone.now()


def on_duty():
    return [row.moderator for row in Duty.objects.now()]


def test_a_moderator_goes_on_duty_once_and_off_duty(dr_okafor):
    first = rota.start_duty(by=dr_okafor, hours=4)
    assert first.ends_at - first.starts_at == 4 * HOUR
    assert rota.start_duty(by=dr_okafor, hours=8) == first
    assert on_duty() == [dr_okafor]
    assert rota.end_duty(by=dr_okafor) is None
    assert (on_duty(), Duty.objects.count()) == ([], 1)


def test_members_cannot_go_on_duty(maya):
    for action in (
        lambda: rota.start_duty(by=maya, hours=1),
        lambda: rota.end_duty(by=maya),
        lambda: rota.pause_duty(by=maya),
    ):
        with pytest.raises(PermissionDenied):
            action()
    assert Duty.objects.count() == 0


def test_a_shift_started_early_ends_when_the_planned_one_begins(dr_okafor, now):
    planned = rota.plan_shift(dr_okafor, now + HOUR, now + 3 * HOUR, by=dr_okafor)
    assert rota.start_duty(by=dr_okafor, hours=4).ends_at == planned.starts_at


def test_going_off_duty_can_leave_a_handover_note(dr_okafor):
    rota.start_duty(by=dr_okafor, hours=1)
    left = rota.end_duty(by=dr_okafor, note="One thread needs a second look.")
    assert (left.kind, left.by, PrivateNote.objects.count()) == ("hand-over", dr_okafor, 1)
    assert rota.end_duty(by=dr_okafor, note="  ") is None


def test_duty_resumes_after_a_pause_until_its_original_end(dr_okafor, now):
    until = rota.start_duty(by=dr_okafor, hours=2).ends_at
    back = rota.pause_duty(by=dr_okafor)
    assert on_duty() == []
    assert back.ends_at == until
    assert timedelta(minutes=29) < back.starts_at - now < timedelta(minutes=31)
    assert rota.pause_duty(by=dr_okafor) is None  # not on duty, so nothing to resume


def test_a_shift_that_would_end_during_the_pause_does_not_resume(dr_okafor, now):
    Duty.objects.create(moderator=dr_okafor, starts_at=now - HOUR, ends_at=now + timedelta(minutes=20))
    assert (rota.pause_duty(by=dr_okafor), on_duty()) == (None, [])


def test_a_shift_can_be_planned_changed_and_withdrawn(dr_okafor, now):
    shift = rota.plan_shift(dr_okafor, now + HOUR, now + 2 * HOUR, by=dr_okafor)
    changed = rota.plan_shift(dr_okafor, now + HOUR, now + 3 * HOUR, by=dr_okafor, instead_of=shift.pk)
    assert (changed.pk, changed.ends_at) == (shift.pk, now + 3 * HOUR)
    rota.withdraw_shift(changed, by=dr_okafor)
    assert Duty.objects.count() == 0
    for gone in (
        lambda: rota.withdraw_shift(changed, by=dr_okafor),
        lambda: rota.plan_shift(dr_okafor, now + HOUR, now + 2 * HOUR, by=dr_okafor, instead_of=shift.pk),
    ):
        with pytest.raises(ValidationError, match="begun or no longer exists"):
            gone()


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        (2, 1, "ends_at"),
        (-1, 1, "starts_at"),
        (1, 26, "ends_at"),
        (24 * 181, 24 * 181 + 1, "starts_at"),
        (5, 7, "starts_at"),
    ],
)
def test_invalid_hours_are_refused_at_their_field(dr_okafor, now, starts, ends, field):
    rota.plan_shift(dr_okafor, now + 4 * HOUR, now + 6 * HOUR, by=dr_okafor)
    with pytest.raises(ValidationError) as error:
        rota.plan_shift(dr_okafor, now + starts * HOUR, now + ends * HOUR, by=dr_okafor)
    assert list(error.value.message_dict) == [field]
    assert Duty.objects.count() == 1


def test_a_shift_that_has_begun_cannot_be_changed_or_withdrawn(dr_okafor, now):
    running = rota.start_duty(by=dr_okafor, hours=1)
    with pytest.raises(ValidationError):
        rota.withdraw_shift(running, by=dr_okafor)
    with pytest.raises(ValidationError):
        rota.plan_shift(dr_okafor, now + 2 * HOUR, now + 3 * HOUR, by=dr_okafor, instead_of=running.pk)


def test_moderators_plan_their_own_shifts_and_the_lead_any(dr_okafor, lead, maya, now):
    theirs = rota.plan_shift(dr_okafor, now + HOUR, now + 2 * HOUR, by=lead)
    leads = rota.plan_shift(lead, now + HOUR, now + 2 * HOUR, by=lead)
    for refused in (
        lambda: rota.plan_shift(lead, now + 3 * HOUR, now + 4 * HOUR, by=dr_okafor),
        lambda: rota.plan_shift(dr_okafor, now + 3 * HOUR, now + 4 * HOUR, by=dr_okafor, instead_of=leads.pk),
        lambda: rota.withdraw_shift(leads, by=dr_okafor),
        lambda: rota.plan_shift(maya, now + 3 * HOUR, now + 4 * HOUR, by=lead),
        lambda: rota.plan_shift(maya, now + 3 * HOUR, now + 4 * HOUR, by=maya),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    rota.withdraw_shift(theirs, by=lead)
    assert list(Duty.objects.all()) == [leads]


def test_going_on_duty_ends_an_automatic_read_only_period_only(dr_okafor, lead):
    ReadOnlyPeriod.objects.create(reason="Nobody was there.")
    rota.start_duty(by=dr_okafor, hours=1)
    assert (ReadOnlyPeriod.objects.get().ended_by, ReadOnlyPeriod.objects.running().count()) == (dr_okafor, 0)
    ReadOnlyPeriod.objects.create(by=lead, reason="A flood.")
    rota.start_duty(by=lead, hours=1)
    assert ReadOnlyPeriod.objects.running().count() == 1


def test_a_moderator_with_a_lapsed_credential_is_not_on_duty(dr_okafor):
    rota.start_duty(by=dr_okafor, hours=1)
    Credential.objects.update(expires_at=timezone.now())
    assert list(Duty.objects.now().of_moderators()) == []
