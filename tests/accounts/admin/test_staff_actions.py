"""Staff reauthenticate before they change other accounts; the member and all administrators are told."""

import time

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import Group
from django.urls import reverse
from zeal import zeal_ignore

from accounts.models import Credential, Notification, OutboxEmail, User
from accounts.roles import VERIFIERS
from tests.accounts.samples import submit, with_pdf
from tests.conftest import logged_in, person


@pytest.fixture
def boss(db):
    return person("boss", "Boss", is_staff=True, is_superuser=True)


@pytest.fixture
def chief(db):
    """Another administrator."""
    return person("chief", "Chief", is_staff=True, is_superuser=True)


def logged_in_long_ago(client, seconds=301):
    """Move the login into the past."""
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] = time.time() - seconds
    session[AUTHENTICATION_METHODS_SESSION_KEY] = session[AUTHENTICATION_METHODS_SESSION_KEY]
    session.save()
    return client


def page(name, *args):
    return reverse(f"admin:{name}", args=args)


def fields(user, **changes):
    """The submitted form of a user, with these changes."""
    form = {"email": user.email, "display_name": user.display_name, "is_active": "on", **changes}
    return {name: value for name, value in form.items() if value is not None}


def told():
    return {(n.recipient.display_name, n.sentence) for n in Notification.objects.select_related("recipient")}


def guarded(maya):
    credential = submit(maya)
    return {
        "an account": page("accounts_user_change", maya.pk),
        "roles": page("accounts_user_roles", maya.pk),
        "a new account": page("accounts_user_add"),
        "a password": page("auth_user_password_change", maya.pk),
        "a group": page("auth_group_change", Group.objects.get(name=VERIFIERS).pk),
        "a decision": page("accounts_credential_decide", credential.pk, "approve"),
    }


def test_each_page_asks_for_reauthentication_after_five_minutes(boss, maya):
    client = logged_in(boss)
    for what, url in guarded(maya).items():
        with zeal_ignore():
            assert client.get(url).status_code == 200, what
        asked = logged_in_long_ago(client).get(url)
        assert (asked.status_code, asked.url.partition("?")[0]) == (302, reverse("account_reauthenticate")), what
        sent = client.post(url, {**fields(maya, display_name="Mayflower"), "password1": "secret heron words"})
        assert sent.status_code == 403, what
        assert "Is it still you?" in sent.content.decode()
        assert "secret heron words" not in sent.content.decode()
        client = logged_in(boss)
    maya.refresh_from_db()
    assert (maya.display_name, Credential.objects.get().state) == ("Maya", "submitted")
    assert "secret heron words" not in str([s.get_decoded() for s in boss.sessions.all()])


def test_reauthentication_opens_the_page(boss, maya):
    client = logged_in_long_ago(logged_in(boss))
    url = page("accounts_user_change", maya.pk)
    asked = client.get(url)
    assert client.post(asked.url, {"password": "pw"}).url == url
    with zeal_ignore():
        assert client.get(url).status_code == 200


def test_a_verifier_looks_at_members_at_any_time(vera, maya):
    with zeal_ignore():
        assert logged_in_long_ago(logged_in(vera)).get(page("accounts_user_change", maya.pk)).status_code == 200


def test_an_account_that_is_opened_again_is_announced_to_the_member_and_all_administrators(boss, chief, maya):
    User.objects.filter(pk=maya.pk).update(is_active=False)
    with zeal_ignore():
        saved = logged_in(boss).post(page("accounts_user_change", maya.pk), fields(maya))
    assert saved.status_code == 302
    assert told() == {
        ("Maya", "An administrator changed the rights of your account."),
        ("Boss", "Someone changed the rights of an account in the admin."),
        ("Chief", "Someone changed the rights of an account in the admin."),
    }
    assert {n.mail_due_at is not None for n in Notification.objects.all()} == {True}


def test_a_change_of_the_name_alone_is_not_announced(boss, maya):
    with zeal_ignore():
        logged_in(boss).post(page("accounts_user_change", maya.pk), fields(maya, display_name="Mayflower"))
    assert told() == set()


def test_an_address_change_is_announced_to_the_old_address_too(boss, maya):
    with zeal_ignore():
        logged_in(boss).post(page("accounts_user_change", maya.pk), fields(maya, email="other@example.org"))
    assert User.objects.get(pk=maya.pk).email == "other@example.org"
    assert ("Maya", "An administrator changed the e-mail address of your account.") in told()
    assert "was changed" in OutboxEmail.objects.get(to="maya@example.org").body


def test_a_password_change_is_announced(boss, chief, maya):
    new = {"usable_password": "true", "password1": "lantern orchard seven", "password2": "lantern orchard seven"}
    with zeal_ignore():
        wrong = logged_in(boss).post(page("auth_user_password_change", maya.pk), {**new, "password2": "x"})
        assert (wrong.status_code, told()) == (200, set())
        logged_in(boss).post(page("auth_user_password_change", maya.pk), new)
    assert User.objects.get(pk=maya.pk).check_password("lantern orchard seven")
    assert {name for name, sentence in told() if "the password" in sentence} == {"Maya", "Boss", "Chief"}


def test_new_permissions_of_a_group_are_announced_to_its_members(boss, vera):
    group = Group.objects.get(name=VERIFIERS)
    kept = list(group.permissions.values_list("pk", flat=True))
    with zeal_ignore():
        logged_in(boss).post(page("auth_group_change", group.pk), {"name": group.name, "permissions": kept[:1]})
        assert logged_in(boss).post(page("auth_group_delete", group.pk), {"post": "yes"}).status_code == 403
    assert group.permissions.count() == 1
    assert {name for name, _ in told()} == {"Vera", "Boss"}


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_decision_on_a_badge_is_announced(boss, vera, maya, decision):
    credential = submit(maya)
    url = page("accounts_credential_decide", credential.pk, decision)
    form = logged_in(vera).get(url).context["form"]
    filled = {field.name: field.value() for field in form if field.value() is not None}
    Notification.objects.all().delete()
    logged_in(vera).post(url, {**filled, "reason": "Checked."})
    assert {name for name, _ in told()} == {"Maya", "Boss"}


def test_opening_evidence_is_announced(boss, vera, maya, private_root):
    evidence = with_pdf(maya).evidence.get()
    url = page("accounts_credential_evidence", evidence.pk)
    Notification.objects.all().delete()
    assert logged_in_long_ago(logged_in(vera)).get(url).url.startswith(reverse("account_reauthenticate"))
    assert told() == set()
    assert b"".join(logged_in(vera).get(url).streaming_content).startswith(b"%PDF")
    assert told() == {
        ("Maya", "A verifier opened the file that you sent with your application."),
        ("Boss", "A verifier opened a file of a badge application."),
    }


def test_a_second_step_offers_to_end_other_sessions(maya):
    other, here = logged_in(maya), logged_in(maya)
    offer = "Log out all other devices"
    assert offer not in here.get(reverse("mfa_index")).content.decode()
    here.post(reverse("account_reauthenticate"), {"password": "pw"})
    started = here.get(reverse("mfa_activate_totp"))
    here.post(reverse("mfa_activate_totp"), {"code": code_for(started)})
    assert maya.authenticator_set.filter(type="totp").exists()
    assert offer in here.get(reverse("mfa_index")).content.decode()
    assert offer in here.get(reverse("mfa_view_recovery_codes")).content.decode()
    here.post(reverse("accounts:end-other-sessions"))
    assert other.get(reverse("accounts:home")).status_code == 302
    assert offer not in here.get(reverse("mfa_index")).content.decode()


def code_for(page):
    return format_hotp_value(hotp_value(page.context["form"].secret, int(time.time()) // 30))
