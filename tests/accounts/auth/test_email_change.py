import pytest

from accounts.auth import email_change
from accounts.models import OutboxEmail
from tests.accounts.login_steps import last_code


@pytest.fixture
def session(rf, settings, maya):
    """The session of Maya's request, in allauth's context, which its mails need."""
    from allauth.core.context import request_context

    request = rf.get("/")
    request.user = maya
    with request_context(request):
        yield {}


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1_000_000.0

    monkeypatch.setattr("accounts.auth.email_change.time.time", lambda: Clock.now)
    return Clock


def test_the_right_code_opens_the_change_for_15_minutes(session, maya, clock):
    email_change.send_code(session, by=maya)
    assert not email_change.is_open(session, by=maya)
    assert email_change.enter_code(session, last_code(maya.email), by=maya)
    clock.now += 899
    assert email_change.is_open(session, by=maya)
    clock.now += 2
    assert not email_change.is_open(session, by=maya)


def test_three_wrong_codes_void_it(session, maya):
    email_change.send_code(session, by=maya)
    assert [email_change.enter_code(session, "BCDF-GHJK", by=maya) for _ in range(3)] == [False] * 3
    assert not email_change.enter_code(session, last_code(maya.email), by=maya)


def test_an_old_code_a_used_one_and_an_earlier_one_are_void(session, maya, clock):
    email_change.send_code(session, by=maya)
    first = last_code(maya.email)
    email_change.send_code(session, by=maya)
    assert not email_change.enter_code(session, first, by=maya)
    clock.now += 901
    assert not email_change.enter_code(session, last_code(maya.email), by=maya)
    email_change.send_code(session, by=maya)
    assert email_change.enter_code(session, last_code(maya.email).lower().replace("-", " "), by=maya)
    assert not email_change.enter_code(session, last_code(maya.email), by=maya)
    assert OutboxEmail.objects.count() == 3


def test_once_the_address_has_changed_it_is_closed(session, maya):
    email_change.send_code(session, by=maya)
    email_change.enter_code(session, last_code(maya.email), by=maya)
    maya.email = "new@example.org"
    assert not email_change.is_open(session, by=maya)


@pytest.mark.parametrize("code", ["", "é", "x" * 20])
def test_odd_codes_are_just_wrong(code, session, maya):
    assert not email_change.enter_code(session, code, by=maya)
    email_change.send_code(session, by=maya)
    assert not email_change.enter_code(session, code, by=maya)
