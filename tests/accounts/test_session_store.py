"""What a session row holds of whose browser it is: the kind of device, and nothing that finds a person."""

import pytest
from django.urls import reverse

from accounts.models import OutboxEmail, Session
from accounts.session_store import SessionStore, device
from tests.accounts.login_steps import browser, enter, last_code, log_in, sign_up

ADDRESS, FORWARDED, BUILD, COOKIE = "192.0.2.77", "203.0.113.5", "secret-build", "other-cookie-value"


@pytest.fixture
def visitor():
    client = browser(ADDRESS)
    client.defaults["HTTP_X_FORWARDED_FOR"] = FORWARDED
    client.cookies["other"] = COOKIE
    return client


def traces():
    """Each session row as raw text with what is in it, and the outbox: what of the sender is found there."""
    rows = [f"{vars(row)} {SessionStore().decode(row.session_data)}" for row in Session.objects.all()]
    letters = [f"{letter.subject} {letter.body} {letter.headers}" for letter in OutboxEmail.objects.all()]
    assert rows
    return [word for word in (ADDRESS, FORWARDED, BUILD, COOKIE) if any(word in text for text in rows + letters)]


def test_no_address_after_signing_up_logging_in_and_out(visitor, maya):
    sign_up(visitor, "new@example.org")
    assert traces() == []
    enter(visitor, "account_email_verification_sent", last_code("new@example.org"))
    assert traces() == []
    visitor.post(reverse("account_logout"))
    log_in(visitor, maya.email)
    assert traces() == []
    assert Session.objects.of(maya).get().device == "Firefox on Android"


def test_no_address_while_a_request_waits_for_proof(visitor, maya):
    """allauth keeps the whole request in the session meanwhile; the answer to it is given nevertheless."""
    log_in(visitor, maya.email)
    asked = visitor.post(reverse("accounts:send-present-email-code"))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert "request" in visitor.session["account_reauthentication_state"]
    assert traces() == []
    done = visitor.post(asked.url, {"password": "pw"})
    assert done.url == reverse("accounts:confirm-present-email")
    assert OutboxEmail.objects.get().to == maya.email
    assert traces() == []


def test_a_waiting_request_that_mails_a_notice_names_no_address(visitor, maya):
    log_in(visitor, maya.email)
    visitor.post(reverse("account_reauthenticate"), {"password": "pw"})
    session = visitor.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    visitor.get(reverse("mfa_index"))
    asked = visitor.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert visitor.post(asked.url, {"password": "pw"}).status_code == 200  # the form, with its error
    assert traces() == []


def test_the_device_is_named_coarsely():
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"
    assert device(phone) == "Safari on iPhone"
    assert device("") == "A browser on an unknown device"
