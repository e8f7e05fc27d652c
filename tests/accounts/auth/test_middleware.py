"""The second factor: stored encrypted, accepted once, and required of staff, moderators and verifiers."""

import base64

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.roles import MODERATORS, REVIEWERS, VERIFIERS
from tests.accounts.login_steps import browser, enter, log_in
from tests.conftest import clinician, person


def digits(secret, moment):
    return format_hotp_value(hotp_value(secret, int(moment) // 30))


@pytest.fixture
def secret(maya):
    found = generate_totp_secret()
    TOTP.activate(maya, found)
    return found


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = timezone.now().timestamp() // 30 * 30 + 5

    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: Clock.now)
    return Clock


def step(email, code):
    client = browser()
    assert log_in(client, email).url == reverse("mfa_authenticate")
    assert client.get(reverse("accounts:home")).status_code == 302  # half-way is not in
    return enter(client, "mfa_authenticate", code)


def test_an_authenticator_code_works_only_once(maya, secret, clock):
    code = digits(secret, clock.now)
    assert step(maya.email, code).url == reverse("accounts:home")
    assert b"already been used" in step(maya.email, code).content


def test_moderators_are_taken_to_the_queue_and_to_the_page_they_asked_for(dr_okafor, clock):
    own_secret = generate_totp_secret()
    TOTP.activate(dr_okafor, own_secret)
    assert step(dr_okafor.email, digits(own_secret, clock.now)).url == reverse("forum:review-queue")
    clock.now += 60
    client = browser()
    asked_for = reverse("forum:handbook")
    client.post(f"{reverse('account_login')}?next={asked_for}", {"login": dr_okafor.email, "password": "pw"})
    assert enter(client, "mfa_authenticate", digits(own_secret, clock.now)).url == asked_for


def test_a_used_code_is_refused_for_as_long_as_it_is_valid(maya, secret, clock, monkeypatch):
    """allauth forgets used codes after 30 seconds, when they can still be valid."""
    code = digits(secret, clock.now)
    step(maya.email, code)
    clock.now += 31
    real = timezone.now().timestamp()
    monkeypatch.setattr("django.core.cache.backends.locmem.time.time", lambda: real + 31)
    assert step(maya.email, code).status_code == 200


def test_a_recovery_code_works_once(client, maya, secret):
    client.force_login(maya)
    client.post(reverse("account_reauthenticate"), {"password": "pw"})
    client.post(reverse("mfa_generate_recovery_codes"))
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    assert step(maya.email, code).url == reverse("accounts:home")
    assert step(maya.email, code).status_code == 200


def test_the_secret_is_encrypted_in_the_database(maya, secret):
    with connection.cursor() as cursor:
        cursor.execute("select data::text from mfa_authenticator")
        (row,) = cursor.fetchone()
    assert secret not in row
    assert base64.b32decode(secret).hex() not in row
    assert Authenticator.objects.get().wrap().validate_code(digits(secret, timezone.now().timestamp()))


POWERFUL = {
    "editor": lambda: person("p", "Powerful", is_staff=True),
    "administrator": lambda: person("p", "Powerful", is_staff=True, is_superuser=True),
    "verifier": lambda: person("p", "Powerful", VERIFIERS),
    "moderator": lambda: clinician("p", "Powerful", MODERATORS),
    "reviewer": lambda: clinician("p", "Powerful", REVIEWERS),
}


@pytest.mark.parametrize("make", POWERFUL.values(), ids=POWERFUL)
@pytest.mark.parametrize("name", ["admin:index", "accounts:home", "home"])
def test_people_with_power_see_only_its_set_up_until_they_have_one(make, name, db):
    client = browser()
    log_in(client, make().email)
    assert client.get(reverse(name)).url == reverse("mfa_index")


@pytest.mark.parametrize("make", POWERFUL.values(), ids=POWERFUL)
def test_one_that_was_not_used_in_this_session_does_not_count(make, db):
    user = make()
    client = browser()
    log_in(client, user.email)
    found = generate_totp_secret()
    TOTP.activate(user, found)
    asked = client.get(reverse("admin:index"))
    assert asked.url == f"{reverse('mfa_reauthenticate')}?next=/admin/"
    code = digits(found, timezone.now().timestamp())
    client.post(reverse("mfa_reauthenticate"), {"code": code})
    assert client.get(reverse("admin:index")).status_code == (200 if user.is_staff else 302)
    assert client.get(reverse("accounts:home")).status_code == 200


def test_a_member_needs_none(maya):
    client = browser()
    log_in(client, maya.email)
    assert client.get(reverse("accounts:home")).status_code == 200
