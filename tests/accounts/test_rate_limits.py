"""Rate limits from one address and from many."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts import rate_limits
from accounts.models import OutboxEmail
from tests.accounts.login_steps import browser, log_in, sign_up

MAX_ATTEMPTS = 100


def password_was_checked(response):
    return response.status_code == 302 or "isn’t right" in response.content.decode()


def test_a_hundred_tries_from_one_address_are_stopped(maya):
    client = browser()
    answers = [log_in(client, f"member{n}@example.org", "wrong") for n in range(MAX_ATTEMPTS)]
    assert sum(map(password_was_checked, answers)) <= 10
    assert answers[-1].status_code == 429


def test_a_hundred_tries_from_many_addresses_against_one_account_are_stopped(maya):
    answers = [log_in(browser(f"198.51.{n // 250}.{n % 250 + 1}"), maya.email, "wrong") for n in range(MAX_ATTEMPTS)]
    assert sum(map(password_was_checked, answers)) == 20
    assert b"Too many attempts" in answers[-1].content
    # Not even the right password is taken, for five minutes.
    assert log_in(browser("203.0.113.9"), maya.email, "pw").status_code == 200


def test_wrong_passwords_from_one_network_lock_no_one_else_out(maya):
    answers = [log_in(browser("198.51.100.1"), maya.email, "wrong") for _ in range(9)]
    assert sum(map(password_was_checked, answers)) == 5
    assert log_in(browser("198.51.100.1"), maya.email, "pw").status_code == 200
    assert log_in(browser("203.0.113.9"), maya.email.upper(), "pw").status_code == 302


def test_a_locked_out_member_still_gets_in_with_a_code(maya):
    for n in range(21):
        log_in(browser(f"198.51.100.{n}"), maya.email, "wrong")
    assert browser().post(reverse("account_request_login_code"), {"email": maya.email}).status_code == 302


def test_behind_a_proxy_the_limit_follows_the_address_that_the_proxy_saw(maya, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = browser("10.0.0.1")
    for n in range(31):  # each with an invented first address
        answer = log_in(client, f"member{n}@example.org", "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}, 192.0.2.7")
    assert answer.status_code == 429
    other = log_in(client, "maya@example.org", "pw", HTTP_X_FORWARDED_FOR="192.0.2.8")
    assert other.status_code == 302


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
def test_the_number_of_mailed_codes_is_limited(name, maya, django_assert_max_num_queries):
    answers = [browser(f"198.51.100.{n}").post(reverse(name), {"email": maya.email}) for n in range(10)]
    sent = [a for a in answers if a.status_code == 302]
    assert len(sent) <= 5


@pytest.mark.parametrize("known", [True, False])
def test_an_address_gets_ten_emails_a_day_of_all_kinds_and_five_caused_from_one_place(maya, known):
    to = maya.email if known else "stranger@example.org"
    for network in (1, 2, 3):
        answers = []
        for n in range(9):
            _forget_short_limits()
            client = browser(f"198.51.{network}.9")
            name = ["account_request_login_code", "account_reset_password"][n % 2]
            address = to.replace("@", f"+{n}@") if not known else to.upper()
            answers.append(client.post(reverse(name), {"email": address}))
        assert "Too many emails" in answers[-1].content.decode()
    assert OutboxEmail.objects.count() == 10
    _forget_short_limits()
    assert sign_up(browser("203.0.113.5"), to).status_code == 429
    _forget_short_limits()
    other = browser("198.51.1.9").post(reverse("account_request_login_code"), {"email": "other@example.org"})
    assert other.status_code == 302


def _forget_short_limits():
    """As time would: keep the daily limits of mail."""
    for key in [key for key in cache._cache if "limit:mail" not in key]:
        cache.delete(key.split(":", 2)[2])


def test_a_logged_in_member_always_hears_of_changes_to_their_account(maya):
    own = browser("203.0.113.7")
    for n in range(12):
        browser(f"198.51.{n}.1").post(reverse("account_request_login_code"), {"email": maya.email})
        _forget_short_limits()
    own.force_login(maya)
    before = OutboxEmail.objects.count()
    answers = {"oldpassword": "pw", "password1": "lantern orchard seven kettles"}
    assert own.post(reverse("account_change_password"), answers).status_code == 302
    assert OutboxEmail.objects.count() == before + 1


def test_renaming_is_rate_limited(client, maya, noah):
    client.force_login(maya)
    answers = [client.post(reverse("accounts:rename"), {"display_name": "N0ah"}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_the_check_of_names_has_a_limit(db):
    client = browser()
    url = reverse("accounts:name-check-fragment")
    statuses = [client.get(url, {"display_name": "Calm Plover"}).status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    assert browser("192.0.2.2").get(url, {"display_name": "Calm Plover"}).status_code == 200


def test_too_many_attempts_show_our_own_page(maya):
    client = browser()
    for n in range(31):
        answer = log_in(client, f"member{n}@example.org", "wrong")
    assert "Please wait five minutes" in " ".join(answer.content.decode().split())


@pytest.fixture
def once(rf, monkeypatch):
    """Return whether a request may do an action limited to two per minute."""
    cache.clear()
    monkeypatch.setitem(rate_limits.LIMITS, "by_address", rate_limits.Limit(2, 60))
    monkeypatch.setitem(rate_limits.LIMITS, "by_account", rate_limits.Limit(2, 60, by_account=True))

    def once(action, address="192.0.2.1", user=None):
        request = rf.get("/", REMOTE_ADDR=address)
        request.user = user
        return not rate_limits.is_rate_limited(request, action)

    return once


def test_a_place_is_free_again_when_its_use_is_as_old_as_the_window(once, monkeypatch):
    now = 1_000_000_000
    monkeypatch.setattr("time.time", lambda: now)
    assert once("by_address")
    now += 30
    assert [once("by_address") for _ in range(3)] == [True, False, False]
    now += 31  # the first use is over, the refused ones did not count
    assert [once("by_address") for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("other", "counts_apart"),
    [("192.0.2.2", True), ("2001:db8:0:2::1", True), ("2001:db8:0:1:ffff::9", False)],
)
def test_addresses_of_one_ipv6_network_are_one_sender(once, other, counts_apart):
    mine = "2001:db8:0:1::1"
    assert [once("by_address", mine) for _ in range(3)] == [True, True, False]
    assert once("by_address", other) is counts_apart


def test_a_limit_by_account_follows_the_person_to_another_address(once, maya, noah):
    assert [once("by_account", f"192.0.2.{n}", maya) for n in range(3)] == [True, True, False]
    assert once("by_account", "192.0.2.1", noah)
