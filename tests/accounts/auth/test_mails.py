"""Account emails reveal nothing to onlookers."""

import re
from pathlib import Path

import allauth
import pytest
from django.core import mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutboxEmail
from accounts.notifications.outbox import send_emails
from tests.accounts.login_steps import browser, log_in, sign_up

REQUESTS = ["email_confirmation", "email_confirmation_signup", "login_code", "password_reset_code", "current_address"]
UNKNOWN = ["unknown_account", "account_already_exists"]
NOTICES = ["email_changed", "email_confirm", "email_deleted", "password_changed", "password_reset", "password_set"]
STEPS = ["recovery_codes_generated", "totp_activated", "totp_deactivated", "webauthn_added", "webauthn_removed"]
ALL = [f"account/email/{n}" for n in REQUESTS + UNKNOWN + NOTICES] + [f"mfa/email/{n}" for n in STEPS]
TELLING = r"naltrexone|vivitrol|opioid|alcohol|addict|recover(?!y code)|clinic|medic|health|drug|doctor|guide|forum|https?:|www\."
SAID = {
    "code": "BCDF-GHJK",
    "timestamp": timezone.now(),
    "ip": "192.0.2.77",
    "user_agent": "Firefox",
    "from_email": "a@b.c",
    "to_email": "new@b.c",
    "email": "maya@example.org",
    "signup_url": "https://x/",
    "password_reset_url": "https://x/",
}


@pytest.mark.parametrize("name", ALL)
def test_no_email_mentions_the_subject_of_the_site_or_the_member(name, maya):
    subject = render_to_string(f"{name}_subject.txt", SAID).strip()
    body = render_to_string(f"{name}_message.txt", {**SAID, "user": maya}).strip()
    assert subject in ("Your request", "A change to your account")
    assert not re.search(TELLING, f"{subject} {body}", re.IGNORECASE)
    assert [w for w in ("Maya", "192.0.2.77", "Firefox", "new@b.c") if w in body] == []
    assert body.startswith("Hello,\n")
    assert len(body) < 700


def mails_in(templates):
    found = [f for d in ("account", "mfa") for f in (templates / d / "email").glob("*_message.txt")]
    return {f"{f.parents[1].name}/email/{f.name.removesuffix('_message.txt')}" for f in found}


def test_every_mail_of_allauth_is_one_of_ours(root):
    """The email with a reset link is never sent, since settings require codes."""
    bases = {"account/email/base"}
    theirs = mails_in(Path(allauth.__file__).parent / "templates") - bases - {"account/email/password_reset_key"}
    assert mails_in(root / "templates") - bases == set(ALL)
    assert theirs - set(ALL) == set()


def test_known_and_unknown_addresses_get_similar_emails():
    known = render_to_string("account/email/login_code_message.txt", SAID)
    unknown = render_to_string("account/email/unknown_account_message.txt", SAID)
    assert known.strip().count("\n\n") - unknown.strip().count("\n\n") in (0, 1)
    assert abs(len(known) - len(unknown)) < 150


def test_emails_have_a_neutral_sender(maya):
    browser().post(reverse("account_request_login_code"), {"email": maya.email})
    assert send_emails() == 1
    (sent,) = mail.outbox
    headers = sent.message()
    assert headers["From"] == "GN Accounts <accounts@localhost>"
    assert (headers["Subject"], headers["To"]) == ("Your request", maya.email)
    assert headers["Auto-Submitted"] == "auto-generated"
    assert OutboxEmail.objects.count() == 0


def test_a_sign_up_that_is_rolled_back_mails_nothing(db, monkeypatch):
    sign_up(browser(), "one@example.org")
    monkeypatch.setattr("accounts.auth.signup_form.signup_error", lambda *a, **k: "")
    sign_up(browser(), "two@example.org")
    assert OutboxEmail.objects.filter(to="two@example.org").count() == 0


def test_nothing_is_mailed_about_logging_in(maya):
    log_in(browser(), maya.email)
    assert OutboxEmail.objects.count() == 0
