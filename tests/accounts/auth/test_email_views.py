"""Changing the e-mail address: both addresses confirm, and no other members are revealed."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import OutboxEmail, User
from tests.accounts.login_steps import bare, browser, enter, last_code, log_in

NEW = "new@example.org"


@pytest.fixture
def mayas(maya):
    """Maya's client, recently reauthenticated."""
    client = browser()
    log_in(client, maya.email)
    client.post(reverse("account_reauthenticate"), {"password": "pw"})
    return client


@pytest.fixture
def opened(mayas, maya):
    mayas.post(reverse("accounts:send-present-email-code"))
    assert enter(mayas, "accounts:confirm-present-email", last_code(maya.email)).url == reverse("account_email")
    return mayas


def name_address(client, address):
    return client.post(reverse("account_email"), {"email": address, "action_add": "1"})


def test_the_page_is_closed_until_the_present_address_has_confirmed(mayas, maya):
    assert mayas.get(reverse("account_email")).url == reverse("accounts:confirm-present-email")
    assert name_address(mayas, NEW).url == reverse("accounts:confirm-present-email")
    wrong = enter(mayas, "accounts:confirm-present-email", "BCDF-GHJK")
    assert "That code isn’t right" in wrong.content.decode()
    assert OutboxEmail.objects.count() == 0


def test_both_addresses_confirm_and_the_old_one_is_told(opened, maya):
    assert name_address(opened, NEW).url == reverse("account_email_verification_sent")
    maya.refresh_from_db()
    assert maya.email == "maya@example.org"
    enter(opened, "account_email_verification_sent", last_code(NEW))
    maya.refresh_from_db()
    assert maya.email == NEW
    assert [a.email for a in maya.emailaddress_set.filter(verified=True)] == [NEW]
    notice = OutboxEmail.objects.filter(to="maya@example.org").latest("pk")
    assert "was changed" in notice.body
    assert NEW not in notice.body
    assert opened.get(reverse("account_email")).url == reverse("accounts:confirm-present-email")


def test_an_address_of_another_member_looks_like_any_other(opened, maya, noah):
    pages = []
    for address in (noah.email, NEW):
        cache.clear()
        answer = name_address(opened, address)
        shown = opened.get(answer.url)
        wrong = enter(opened, "account_email_verification_sent", "BCDF-GHJK")
        pages.append((answer.status_code, answer.url, bare(shown, address), bare(wrong, address)))
    assert pages[0] == pages[1]
    sent = [OutboxEmail.objects.filter(to=a).latest("pk") for a in (noah.email, NEW)]
    assert [letter.subject for letter in sent] == ["Your request"] * 2


def test_not_even_with_its_code_is_anothers_address_taken(opened, maya, noah):
    name_address(opened, noah.email)
    enter(opened, "account_email_verification_sent", last_code(noah.email))
    assert User.objects.get(pk=maya.pk).email == "maya@example.org"
    assert User.objects.get(pk=noah.pk).email == "noah@example.org"


def test_the_code_of_one_session_opens_no_other(mayas, maya, noah):
    mayas.post(reverse("accounts:send-present-email-code"))
    noahs = browser("192.0.2.9")
    log_in(noahs, noah.email)
    noahs.post(reverse("account_reauthenticate"), {"password": "pw"})
    noahs.post(reverse("accounts:send-present-email-code"))
    assert enter(noahs, "accounts:confirm-present-email", last_code(maya.email)).status_code == 200


def test_three_codes_in_a_quarter_of_an_hour(mayas):
    statuses = [mayas.post(reverse("accounts:send-present-email-code")).status_code for _ in range(4)]
    assert statuses == [302, 302, 302, 429]
