"""How long logins last: for members until the browser closes or 30 days, for staff at most 12 hours and 30 idle minutes."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.auth.session_length import ACTIVE_KEY
from accounts.models import Session
from accounts.session_store import START_KEY
from forum.models import Category
from tests.accounts.login_steps import PASSWORD, browser, enter, last_code, log_in, sign_up
from tests.conftest import logged_in
from tests.factories import published_post

DAY = 86_400  # seconds


def cookie_age(client):
    """Seconds until the browser drops the session's cookie; an empty string if it goes with the browser."""
    return client.cookies[settings.SESSION_COOKIE_NAME]["max-age"]


def kept_for(user):
    return Session.objects.of(user).get().expire_date - timezone.now()


def by_password(client, user, remember=None):
    choice = {"remember": remember} if remember else {}
    client.post(reverse("account_login"), {"login": user.email, "password": "pw", **choice})


def by_code(client, user, remember=None):
    choice = {"remember": remember} if remember else {}
    client.post(reverse("account_request_login_code"), {"email": user.email, **choice})
    enter(client, "account_confirm_login_code", last_code(user.email))


def by_second_step(client, user, remember=None):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    choice = {"remember": remember} if remember else {}
    client.post(reverse("account_login"), {"login": user.email, "password": "pw", **choice})
    code = format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))
    enter(client, "mfa_authenticate", code)


def test_logging_in_lasts_until_the_browser_closes(maya):
    for way in (by_password, by_code, by_second_step):
        client = browser()
        way(client, maya)
        assert client.get(reverse("accounts:home")).status_code == 200
        assert cookie_age(client) == "", way.__name__
        assert kept_for(maya) < timedelta(days=1, minutes=1)
        Session.objects.all().delete()


def test_a_member_who_chose_to_stays_logged_in_for_a_month(maya):
    for way in (by_password, by_code, by_second_step):
        client = browser()
        way(client, maya, remember="on")
        assert client.get(reverse("accounts:home")).status_code == 200
        assert cookie_age(client) == 30 * DAY
        assert timedelta(days=29) < kept_for(maya) < timedelta(days=31)
        Session.objects.all().delete()


def test_the_choice_of_an_earlier_login_does_not_count(maya, noah):
    client = browser()
    client.post(reverse("account_request_login_code"), {"email": maya.email, "remember": "on"})
    log_in(client, noah.email)
    assert cookie_age(client) == ""


def test_signing_up_does_not_remember(db):
    client = browser()
    sign_up(client, "new@example.org")
    enter(client, "account_email_verification_sent", last_code("new@example.org"))
    assert client.get(reverse("accounts:home")).status_code == 200
    assert cookie_age(client) == ""
    assert PASSWORD not in str(dict(client.session))


def test_staff_who_chose_to_stay_logged_in_for_half_a_day(vera):
    client = browser()
    by_second_step(client, vera, remember="on")
    assert client.get(reverse("admin:index")).status_code == 200
    assert cookie_age(client) == DAY / 2


def passed(client, key, time):
    session = client.session
    session[key] = (timezone.now() - time).isoformat()
    session.save()


ENDS = [(START_KEY, timedelta(hours=12, seconds=1)), (ACTIVE_KEY, timedelta(minutes=30, seconds=1))]
HOLDS = [(START_KEY, timedelta(hours=11, minutes=59)), (ACTIVE_KEY, timedelta(minutes=29))]


@pytest.mark.parametrize(("key", "time"), ENDS)
@pytest.mark.parametrize(("name", "url"), [("vera", "/admin/"), ("dr_okafor", "/forum/review/"), ("elif_", "/")])
def test_a_staff_session_ends(name, url, key, time, request, guide):
    client = logged_in(request.getfixturevalue(name))
    assert client.get(url).status_code == 200
    passed(client, key, time)
    asked = client.get(url)
    assert (asked.status_code, asked.url.partition("?next=")[2]) == (302, url)
    assert client.get("/account/").status_code == 302
    assert Session.objects.exclude(user=None).count() == 0


@pytest.mark.parametrize(("key", "time"), HOLDS)
def test_a_staff_session_holds_until_then(key, time, vera):
    client = logged_in(vera)
    client.get("/admin/")
    passed(client, key, time)
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(("key", "time"), ENDS)
def test_a_members_session_has_no_such_limits(key, time, maya):
    client = logged_in(maya)
    passed(client, key, time)
    assert client.get("/account/").status_code == 200


POLLS = [
    *(("get", "forum:counts-fragment", {}), ("get", "forum:queue-rows-fragment", {})),
    *(("get", "forum:duty-fragment", {}), ("post", "forum:duty-here", {})),
]


@pytest.mark.parametrize(("method", "name", "data"), POLLS)
def test_an_open_page_alone_keeps_no_staff_session_alive(method, name, data, dr_okafor):
    client = logged_in(dr_okafor)
    client.get("/forum/review/")
    passed(client, ACTIVE_KEY, timedelta(minutes=20))
    before = client.session[ACTIVE_KEY]
    assert getattr(client, method)(reverse(name), data).status_code < 400
    assert client.session[ACTIVE_KEY] == before
    client.get("/forum/review/")
    assert client.session[ACTIVE_KEY] > before


def test_what_a_moderator_typed_is_shown_again(dr_okafor, maya):
    category = Category.objects.create(slug="starting", title="Starting", purpose="First weeks.", position=1)
    post = published_post(maya, "Words.", category=category, by=dr_okafor)
    client = logged_in(dr_okafor)
    client.get("/forum/review/")
    passed(client, ACTIVE_KEY, timedelta(hours=1))
    note = "Here is what I wanted to say, in many careful words."
    page = client.post(reverse("forum:post-action", args=[post.pk, "hide"]), {"hide-reason": "dose", "hide-note": note})
    assert page.status_code == 403
    assert note in page.content.decode()
    assert "You’ve been logged out" in page.content.decode()
    post.refresh_from_db()
    assert post.state == "published"


@pytest.mark.parametrize("name", ["account_login", "account_request_login_code"])
def test_remember_me_is_offered_and_off_by_default(name, client, db):
    field = client.get(reverse(name)).context["form"]["remember"]
    assert (field.label, field.value()) == ("Keep me logged in on this device", None)


def test_logging_out_says_what_stays_on_the_device(maya):
    page = logged_in(maya).get(reverse("account_logout")).content.decode()
    assert f'href="{reverse("guide:device-tools")}">Your own notes</a> stay on the device until you delete them' in page
