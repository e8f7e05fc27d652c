import time
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.conduct.sanctions import appeal, decide_appeal, impose, lift
from accounts.models import Lift, Notification, Sanction, SanctionAppeal
from accounts.permissions import can_write, daily_limit, is_moderator, is_suspended
from core.transitions import IllegalTransition
from tests.conftest import person

Kind = Sanction.Kind
WORDS = {"reason": "It happened.", "message": "Please be kind."}


@pytest.fixture
def victor(db):
    """Another verifier."""
    return person("victor", "Victor", "Verifiers", is_staff=True)


@pytest.fixture
def suspended(noah, vera):
    return impose(noah, by=vera, kind=Kind.SUSPENSION, **WORDS)


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        (Kind.WARNING, None, (True, None, False)),
        (Kind.LIMIT, 2, (True, 2, False)),
        (Kind.SUSPENSION, None, (False, None, True)),
        (Kind.CLOSURE, None, (False, None, True)),
    ],
)
def test_what_each_sanction_does(noah, vera, kind, number, expected):
    impose(noah, by=vera, kind=kind, posts_per_day=number, **WORDS)
    assert (can_write(noah), daily_limit(noah), is_suspended(noah)) == expected
    assert Notification.objects.of(noah).get().kind == "sanction"


@pytest.mark.parametrize(("seconds", "holds"), [(60, True), (0.1, False)])
def test_a_sanction_ends_at_its_end_date(noah, vera, seconds, holds):
    impose(noah, by=vera, kind=Kind.SUSPENSION, ends_at=timezone.now() + timedelta(seconds=seconds), **WORDS)
    time.sleep(0.1)
    assert is_suspended(noah) == holds


def test_a_suspended_moderator_is_none_at_once(dr_okafor, vera):
    assert is_moderator(dr_okafor)
    impose(dr_okafor, by=vera, kind=Kind.SUSPENSION, **WORDS)
    assert not is_moderator(dr_okafor)


def test_who_may_not_sanction(noah, maya, elif_, dr_okafor, vera):
    for who, whom in [(maya, noah), (elif_, noah), (dr_okafor, noah), (vera, vera)]:
        with pytest.raises(PermissionDenied):
            impose(whom, by=who, kind=Kind.WARNING, **WORDS)
    boss = person("boss", "Boss", is_staff=True, is_superuser=True)
    with pytest.raises(PermissionDenied):
        impose(boss, by=vera, kind=Kind.CLOSURE, **WORDS)


def test_lifted_once(noah, vera, suspended):
    lift(suspended, by=vera, reason="A mistake.")
    assert not is_suspended(noah)
    with pytest.raises(IllegalTransition):
        lift(suspended, by=vera, reason="Again.")


def test_only_the_sanctioned_member_can_appeal_and_only_once(noah, maya, suspended):
    with pytest.raises(PermissionDenied):
        appeal(suspended, by=maya, text="For him.")
    appeal(suspended, by=noah, text="It was not me.")
    with pytest.raises(IllegalTransition):
        appeal(suspended, by=noah, text="Really.")


@pytest.mark.parametrize(("grant", "state"), [(True, "granted"), (False, "upheld")])
def test_an_appeal_is_answered_by_someone_else(noah, vera, victor, suspended, grant, state):
    made = appeal(suspended, by=noah, text="It was not me.")
    for who in (vera, noah):
        with pytest.raises(PermissionDenied):
            decide_appeal(made, by=who, grant=grant, answer="No.")
    assert decide_appeal(made, by=victor, grant=grant, answer="I read it.").state == state
    assert (is_suspended(noah), Lift.objects.count()) == (not grant, int(grant))
    with pytest.raises(IllegalTransition):
        decide_appeal(made, by=victor, grant=not grant, answer="Other.")


def test_granting_after_the_end_lifts_nothing(noah, vera, victor, suspended):
    made = appeal(suspended, by=noah, text="It was not me.")
    lift(suspended, by=vera, reason="A mistake.")
    assert decide_appeal(made, by=victor, grant=True, answer="Yes.").state == "granted"
    assert Lift.objects.count() == 1


def test_constraints_refuse_invalid_sanctions(noah, vera, suspended):
    lift(suspended, by=vera, reason="x")
    for attempt in (
        lambda: Sanction.objects.update(reason="x"),
        lambda: Sanction.objects.all().delete(),
        lambda: Lift.objects.update(reason="y"),
        lambda: Sanction.objects.create(user=noah, by=vera, kind="limit", **WORDS),
        lambda: Sanction.objects.create(user=noah, by=vera, kind="warning", posts_per_day=1, **WORDS),
        lambda: Sanction.objects.create(
            user=noah, by=vera, kind="warning", ends_at=timezone.now() - timedelta(1), **WORDS
        ),
        lambda: SanctionAppeal.objects.create(sanction=suspended, text="x", state="nonsense"),
    ):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            attempt()
