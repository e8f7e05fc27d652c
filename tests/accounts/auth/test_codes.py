"""Codes, sessions and redirects: old, used or foreign ones are refused."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Session, User
from tests.accounts.login_steps import PASSWORD, browser, enter, last_code, log_in, sign_up

EVIL = ["https://evil.example/", "//evil.example/", "/\\evil.example/", "https:evil.example", "javascript:alert(1)"]
FLOWS = {
    # where one asks: where one enters
    "account_request_login_code": "account_confirm_login_code",
    "account_reset_password": "account_confirm_password_reset_code",
}


def ask(name, person):
    client = browser()
    client.post(reverse(name), {"email": person.email})
    return client


def gets_on(response):
    return response.status_code == 302 and response.url in (
        reverse("accounts:home"),
        reverse("account_complete_password_reset"),
    )


def later(monkeypatch, seconds):
    now = timezone.now().timestamp()
    monkeypatch.setattr("time.time", lambda: now + seconds)


@pytest.mark.parametrize("asked,entered", FLOWS.items())
def test_a_code_works_once_for_15_minutes_and_three_tries(asked, entered, maya, monkeypatch):
    assert gets_on(enter(ask(asked, maya), entered, last_code(maya.email)))
    client = ask(asked, maya)
    wrong = [enter(client, entered, "BCDF-GHJK") for _ in range(3)]
    assert wrong[2].status_code == 302
    assert not gets_on(enter(client, entered, last_code(maya.email)))
    client = ask(asked, maya)
    later(monkeypatch, 901)
    assert not gets_on(enter(client, entered, last_code(maya.email)))


@pytest.mark.parametrize("asked,entered", FLOWS.items())
def test_a_code_of_one_person_opens_nothing_in_anothers_session(asked, entered, maya, noah):
    mayas = ask(asked, maya)
    noahs = ask(asked, noah)
    assert not gets_on(enter(noahs, entered, last_code(maya.email)))
    assert gets_on(enter(mayas, entered, last_code(maya.email)))


def test_a_login_code_is_not_taken_twice(maya):
    client = ask("account_request_login_code", maya)
    code = last_code(maya.email)
    assert gets_on(enter(client, "account_confirm_login_code", code))
    client.post(reverse("account_logout"))
    assert not gets_on(enter(client, "account_confirm_login_code", code))


def test_signing_up_ends_at_the_confirmed_address(db):
    client = browser()
    assert sign_up(client, "new@example.org").url == reverse("account_email_verification_sent")
    assert not User.objects.get(email="new@example.org").emailaddress_set.get().verified
    stranger = browser()
    assert enter(stranger, "account_email_verification_sent", last_code("new@example.org")).url == reverse(
        "account_login"
    )
    assert enter(client, "account_email_verification_sent", last_code("new@example.org")).url == reverse(
        "accounts:welcome"
    )
    user = User.objects.get(email="new@example.org")
    assert (user.display_name, user.rules_accepted, user.check_password(PASSWORD)) == ("Quiet Heron", 1, True)
    assert log_in(browser(), "new@example.org", PASSWORD).url == reverse("accounts:home")


def test_the_session_has_another_key_after_logging_in(maya):
    client = browser()
    client.post(reverse("account_request_login_code"), {"email": maya.email})
    planted = client.session.session_key
    enter(client, "account_confirm_login_code", last_code(maya.email))
    assert client.session.session_key != planted
    assert not Session.objects.filter(pk=planted).exists()
    thief = browser()
    thief.cookies["sessionid"] = planted
    assert thief.get(reverse("accounts:home")).status_code == 302


@pytest.mark.parametrize("target", EVIL)
def test_redirects_to_other_sites_are_ignored(target, maya):
    client = browser()
    answer = client.post(reverse("account_login"), {"login": maya.email, "password": "pw", "next": target})
    assert answer.url == reverse("accounts:home")
    assert client.post(reverse("account_logout"), {"next": target}).url == "/"
    client.force_login(maya)
    User.objects.update(rules_accepted=0)
    assert client.post(reverse("accounts:house-rules"), {"next": target, "version": 1}).url == reverse("accounts:home")


def test_a_new_password_ends_all_sessions(maya):
    phone, laptop = browser(), browser()
    phone.force_login(maya)
    laptop.force_login(maya)
    client = ask("account_reset_password", maya)
    enter(client, "account_confirm_password_reset_code", last_code(maya.email))
    done = client.post(reverse("account_complete_password_reset"), {"password1": PASSWORD})
    assert done.url == reverse("account_password_reset_completed")
    assert [c.get(reverse("accounts:home")).status_code for c in (phone, laptop)] == [302, 302]
    assert Session.objects.of(maya).count() == 0
    assert log_in(browser(), maya.email, PASSWORD).status_code == 302


def test_changing_the_password_ends_the_other_sessions_only(maya):
    phone, laptop = browser(), browser()
    log_in(phone, maya.email)
    log_in(laptop, maya.email)
    answers = {"oldpassword": "pw", "password1": PASSWORD}
    assert laptop.post(reverse("account_change_password"), answers).status_code == 302
    assert laptop.get(reverse("accounts:home")).status_code == 200
    assert phone.get(reverse("accounts:home")).status_code == 302
    assert Session.objects.of(maya).count() == 1


@pytest.mark.parametrize("password", ["password12345", "maya@example.org", "naltrexone2024", "aaaaaaaaaaaa"])
def test_a_password_that_is_easy_to_guess_is_refused(password, db):
    page = sign_up(browser(), "new@example.org", password1=password)
    assert page.context["form"].errors.keys() == {"password1"}
    assert b'value="Quiet Heron"' in page.content  # nothing typed is lost


def test_no_kind_of_character_is_demanded(db):
    assert sign_up(browser(), "new@example.org", password1="ziegelstein mondlicht kupfer").status_code == 302


def test_of_two_simultaneous_sign_ups_with_one_name_the_second_fails(db, monkeypatch):
    """The second one has to try again; no partial account is left."""
    sign_up(browser(), "one@example.org")
    monkeypatch.setattr("accounts.auth.signup_form.signup_error", lambda *a, **k: "")
    assert sign_up(browser(), "two@example.org").url == reverse("account_signup")
    assert not User.objects.filter(email="two@example.org").exists()


def test_a_superuser_logs_in_with_password_and_code(db):
    """Their address is confirmed at the first login."""
    User.objects.create_superuser("boss@example.org", "pw", display_name="Boss")
    client = browser()
    assert log_in(client, "boss@example.org").url == reverse("account_email_verification_sent")
    assert enter(client, "account_email_verification_sent", last_code("boss@example.org")).status_code == 302
    assert client.get(reverse("admin:index")).url == reverse("mfa_index")
    assert User.objects.get().has_usable_password()
