"""Nothing reveals whether an address has an account: not the page, status, redirect, emails or timing."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import OutboxEmail, User
from accounts.text.name_rules import FIRST
from tests.accounts.login_steps import PASSWORD, bare, browser, enter, last_code, log_in, sign_up, work

KNOWN, UNKNOWN = "maya@example.org", "nobody@example.org"


def journey(email, act):
    """Return the responses and emails of an action with an address."""
    cache.clear()
    OutboxEmail.objects.all().delete()
    client = browser()
    answer = act(client, email)
    shown = client.get(answer.url) if answer.status_code == 302 else answer
    wrong = (
        enter(client, "account_login", "")
        if answer.status_code != 302
        else client.post(answer.url, {"code": "BCDF-GHJK"})
    )
    pages = [
        (page.status_code, bare(page, email), dict(page.headers).get("Location")) for page in (answer, shown, wrong)
    ]
    return pages, [(letter.to == email, letter.subject) for letter in OutboxEmail.objects.all()]


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
def test_asking_for_a_code_looks_the_same(name, maya):
    def act(client, email):
        return client.post(reverse(name), {"email": email})

    assert journey(KNOWN, act) == journey(UNKNOWN, act)
    assert journey(KNOWN, act)[1] == [(True, "Your request")]


def test_signing_up_looks_the_same(maya):
    known = journey(KNOWN, lambda client, email: sign_up(client, email, "Quiet Heron"))
    unknown = journey(UNKNOWN, lambda client, email: sign_up(client, email, "Calm Plover"))
    assert known == unknown
    assert known[1] == [(True, "Your request")]


def test_logging_in_with_a_wrong_password_looks_the_same(maya):
    known = journey(KNOWN, lambda client, email: log_in(client, email, "wrong password"))
    assert known == journey(UNKNOWN, lambda client, email: log_in(client, email, "wrong password"))
    assert known[1] == []  # a wrong password is answered on the page only: mail about each would be a way to pester


def test_a_sign_up_takes_its_name_either_way(maya):
    """Otherwise the available name would reveal that the address is registered."""
    sign_up(browser(), KNOWN, "Quiet Heron")
    sign_up(browser(), UNKNOWN, "Calm Plover")
    for name in ("Quiet Heron", "Calm Plover"):
        assert b"is taken" in browser().get(reverse("accounts:name-check-fragment"), {"display_name": name}).content


def test_a_password_chosen_at_sign_up_opens_nothing_before_the_address_is_confirmed(maya):
    """Otherwise an attacker could learn by logging in whether the address was registered."""
    answers = []
    for email, name in [(KNOWN, "Quiet Heron"), (UNKNOWN, "Calm Plover")]:
        cache.clear()
        sign_up(browser(), email, name)
        tries = [log_in(browser(), email, PASSWORD) for _ in range(7)]
        answers.append([(t.status_code, bare(t, email)) for t in tries])
    assert answers[0] == answers[1]
    assert "log in with a code" in answers[0][0][1]


def test_signing_up_with_another_persons_address_gives_no_access(db):
    """When the owner logs in with a code, the attacker's password is removed."""
    sign_up(browser(), "owner@example.org", "Quiet Heron")
    owner = browser()
    owner.post(reverse("account_request_login_code"), {"email": "owner@example.org"})
    assert enter(owner, "account_confirm_login_code", last_code("owner@example.org")).url == reverse("accounts:home")
    assert log_in(browser(), "owner@example.org", PASSWORD).status_code == 200
    assert not User.objects.get(email="owner@example.org").has_usable_password()


@pytest.mark.parametrize(
    "name", ["account_login", "account_signup", "account_request_login_code", "account_reset_password"]
)
def test_the_answer_needs_as_much_work(name, maya, settings):
    settings.PASSWORD_HASHERS = ["tests.accounts.login_steps.CountingHasher"]
    settings.ACCOUNT_RATE_LIMITS = False
    maya.set_password("pw")
    maya.save()

    def post(email, number):
        answers = {
            "login": email,
            "email": email,
            "password": "wrong",
            "password1": PASSWORD,
            "adult": "on",
            "rules": "on",
        }
        browser().post(reverse(name), answers | {"display_name": f"{FIRST[number]} Oboe"})

    post("warm@example.org", 0)
    known, unknown = work(lambda: post(KNOWN, 1)), work(lambda: post(UNKNOWN, 2))
    assert known[0] == unknown[0]
    assert 1 / 1.6 < known[1] / unknown[1] < 1.6
