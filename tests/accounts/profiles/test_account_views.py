import pytest
from django.urls import reverse

from accounts.models import Sanction, Session, User
from accounts.permissions import credential_in_force
from accounts.profiles import names
from tests.accounts.login_steps import browser, log_in


@pytest.fixture
def mayas(maya):
    client = browser()
    log_in(client, maya.email)
    return client


def test_the_front_room_leads_to_all_others(mayas, maya):
    page = mayas.get(reverse("accounts:home")).content.decode()
    assert maya.email in page
    rooms = ["accounts:rename", "accounts:settings", "accounts:sessions", "accounts:house-rules", "account_email"]
    rooms += ["account_change_password", "mfa_index", "mfa_list_webauthn", "account_logout"]
    assert [name for name in rooms if f'"{reverse(name)}"' not in page] == []


@pytest.mark.parametrize("name", ["home", "settings", "rename", "sessions", "house-rules"])
def test_account_pages_are_not_cached_or_indexed(name, mayas):
    page = mayas.get(reverse(f"accounts:{name}"))
    assert {"private", "no-store"} <= set(page["Cache-Control"].split(", "))
    assert b'<meta name="robots" content="noindex">' in page.content


def test_settings_are_saved(mayas, maya, guide):
    answers = {"country": "IE", "time_zone": "Europe/Dublin", "profile_public": "on", "posts_on_profile": "on"}
    assert mayas.post(reverse("accounts:settings"), answers).status_code == 302
    found = User.objects.get(pk=maya.pk)
    assert [getattr(found, name) for name in answers] == ["IE", "Europe/Dublin", True, True]


def test_only_countries_with_help_lines_are_offered_and_an_older_choice_stays(mayas, maya, guide):
    codes = [code for code, _ in mayas.get(reverse("accounts:settings")).context["form"].fields["country"].choices]
    assert codes == ["", "AU", "CA", "IN", "IE", "NZ", "SG", "ZA", "GB", "US"]
    User.objects.filter(pk=maya.pk).update(country="DE")
    html = mayas.get(reverse("accounts:settings")).content.decode()
    assert '<option value="DE" selected>Germany (no help lines here yet)</option>' in html
    answers = {"country": "DE", "time_zone": "Europe/Berlin"}
    assert mayas.post(reverse("accounts:settings"), answers).status_code == 302
    assert User.objects.get(pk=maya.pk).country == "DE"
    assert "country" in mayas.post(reverse("accounts:settings"), answers | {"country": "FR"}).context["form"].errors


def test_settings_that_do_not_exist_are_refused_beside_their_field(mayas):
    page = mayas.post(reverse("accounts:settings"), {"country": "XX", "time_zone": "Mars/Base"})
    assert page.context["form"].errors.keys() == {"country", "time_zone"}
    assert b'aria-invalid="true"' in page.content
    assert b'id="id_country_error"' in page.content


def test_a_member_changes_their_name(mayas, maya):
    assert mayas.post(reverse("accounts:rename"), {"display_name": " Calm  Plover "}).status_code == 302
    assert User.objects.get(pk=maya.pk).display_name == "Calm Plover"
    assert "You can change it again on" in mayas.get(reverse("accounts:rename")).content.decode()


def test_a_name_that_waits_is_shown_on_the_page_and_the_header_keeps_the_old_one(mayas, maya):
    page = mayas.post(reverse("accounts:rename"), {"display_name": "Nurse Anna"}, follow=True).content.decode()
    assert "We’ve sent the new name to a moderator." in page
    assert "You asked to be called <strong>Nurse Anna</strong>" in page
    assert User.objects.get(pk=maya.pk).display_name == "Maya"


def test_the_page_says_why_a_moderator_turned_a_name_down(mayas, maya, dr_okafor):
    change = names.rename(maya, "Nurse Anna", by=maya)
    decision = {"decided_by": dr_okafor, "credential": credential_in_force(dr_okafor)}
    names.turn_down_name(change, reason="role", note="Are you a nurse?", **decision)
    page = mayas.get(reverse("accounts:rename")).content.decode()
    assert "A moderator didn’t approve the name <strong>Nurse Anna</strong>" in page
    assert "It sounds like a clinician, our team or an official body." in page
    assert "Are you a nurse?" in page


def test_a_suspended_member_is_told_that_they_cannot_rename(mayas, maya, vera):
    Sanction.objects.create(user=maya, kind="suspension", reason="r", message="m", by=vera)
    page = mayas.get(reverse("accounts:rename")).content.decode()
    assert "You can’t change your name right now." in page
    assert 'name="display_name"' not in page
    assert mayas.post(reverse("accounts:rename"), {"display_name": "Calm Plover"}).status_code == 403


def test_a_refused_name_stays_in_its_field(mayas, noah):
    page = mayas.post(reverse("accounts:rename"), {"display_name": "N0ah"}).content.decode()
    assert 'value="N0ah"' in page
    assert "is taken" in page


@pytest.mark.parametrize(
    "name,verdict",
    [
        ("Calm Plover", "is available"),
        ("Noah", "is taken"),
        ("a@b.example", "e-mail"),
        ("Dr Who", "has to approve"),
        ("Moderator", "team"),
    ],
)
def test_the_live_check_says_available_or_why_not(name, verdict, noah):
    page = browser().get(reverse("accounts:name-check-fragment"), {"display_name": name})
    assert verdict in page.content.decode()
    assert "Vary" not in page or "Cookie" not in page["Vary"]


def test_ones_own_name_is_available_to_oneself(mayas):
    assert b"is available" in mayas.get(reverse("accounts:name-check-fragment"), {"display_name": "Maya"}).content


def test_the_name_check_escapes_its_input(db):
    page = browser().get(reverse("accounts:name-check-fragment"), {"display_name": "<script>alert(1)</script>"})
    assert b"<script" not in page.content


def test_a_member_sees_and_ends_their_own_sessions(mayas, maya, noah):
    phone, noahs = browser(), browser()
    log_in(phone, maya.email)
    log_in(noahs, noah.email)
    page = mayas.get(reverse("accounts:sessions")).content.decode()
    assert page.count("Firefox on Android</strong>") == 2
    assert [key for key in Session.objects.values_list("session_key", flat=True) if key in page] == []
    other = Session.objects.get(pk=phone.session.session_key)
    assert mayas.post(reverse("accounts:end-session", args=[other.handle])).status_code == 302
    assert phone.get(reverse("accounts:home")).status_code == 302
    assert mayas.get(reverse("accounts:home")).status_code == 200


def test_sessions_of_others_do_not_exist(mayas, noah):
    noahs = browser()
    log_in(noahs, noah.email)
    theirs = Session.objects.get(pk=noahs.session.session_key)
    for handle in (theirs.handle, theirs.session_key, "0" * 20):
        assert mayas.post(reverse("accounts:end-session", args=[handle])).status_code == 404
    assert noahs.get(reverse("accounts:home")).status_code == 200


def test_all_others_end_and_no_one_elses(mayas, maya, noah):
    phone, noahs = browser(), browser()
    log_in(phone, maya.email)
    log_in(noahs, noah.email)
    mayas.post(reverse("accounts:end-other-sessions"))
    assert [c.get(reverse("accounts:home")).status_code for c in (mayas, phone, noahs)] == [200, 302, 200]


@pytest.mark.parametrize("others", [0, 2])
def test_the_list_costs_the_same_however_long(others, mayas, maya, django_assert_num_queries):
    for _ in range(others):
        log_in(browser(), maya.email)
    with django_assert_num_queries(4):  # session, user with groups, list, help lines
        mayas.get(reverse("accounts:sessions"))


def test_new_house_rules_are_shown_before_the_requested_page(maya):
    User.objects.update(rules_accepted=0)
    client = browser()
    going = reverse("accounts:settings")
    asked = client.post(reverse("account_login"), {"login": maya.email, "password": "pw", "next": going})
    assert asked.url == f"{reverse('accounts:house-rules')}?next=%2Faccount%2Fsettings%2F"
    assert b"I accept the house rules" in client.get(asked.url).content
    assert client.post(reverse("accounts:house-rules"), {"next": going, "version": 1}).url == going
    assert b"I accept" not in client.get(reverse("accounts:house-rules")).content
