"""Versions of the house rules: which one is in force, which were, and who accepted which."""

import pytest
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import house_rules
from accounts.house_rules import accept_rules, current_version, earlier_versions, record_text
from accounts.models import HouseRulesText, RulesAcceptance
from accounts.permissions import can_write
from tests.conftest import logged_in

PAGE = reverse("accounts:house-rules")


@pytest.fixture
def record(db, django_capture_on_commit_callbacks):
    def record_and_commit(*args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return record_text(*args, **kwargs)

    return record_and_commit


def test_without_a_recorded_text_the_first_version_is_in_force(db):
    house_rules.page_cache.shared().delete(house_rules.KEY)
    assert (current_version(), earlier_versions()) == (1, [])


def test_a_correction_keeps_the_number_and_a_marked_change_counts_it_up(record):
    record("Be kind.")
    assert [record("Be kind!").number, current_version()] == [1, 1]
    assert [record("Be very kind.", must_accept=True).number, current_version()] == [2, 2]


def test_an_earlier_text_that_is_restored_is_a_new_version(record):
    for text, must_accept in (("One.", False), ("Two.", True), ("Two!", False)):
        record(text, must_accept=must_accept)
    assert record("Two.").number == 2  # back to a text of the same version
    assert record("One.").number == 3  # members accepted something else
    assert record("One.").number == 3
    assert HouseRulesText.objects.count() == 5


def test_a_content_file_can_give_a_higher_number(record):
    assert record("Be kind.", at_least=4).number == 4
    assert record("Be kind!", at_least=2).number == 4


def test_texts_that_were_in_force_cannot_be_changed(record):
    record("Be kind.")
    with pytest.raises(InternalError), transaction.atomic():
        HouseRulesText.objects.update(text="Be rude.")


def test_the_number_costs_a_query_once_a_minute(record, django_assert_num_queries):
    record("Be kind.", at_least=2)
    with django_assert_num_queries(1):
        assert [current_version(), current_version()] == [2, 2]


def test_maya_cannot_post_until_she_accepts_the_new_version(record, maya):
    accept_rules(1, by=maya)
    record("Be kind.")
    record("Be kind. Sell nothing.", must_accept=True)
    assert not can_write(maya)
    client = logged_in(maya)
    page = client.get(PAGE).content.decode()
    assert "What changed" in page
    assert "New house rules" not in page  # no notice that leads to this page
    assert client.post(PAGE, {"version": "2", "next": "/forum/"}).url == "/forum/"
    maya.refresh_from_db()
    assert can_write(maya)
    assert [(a.number, a.accepted_at.date()) for a in maya.rules_acceptances.all()] == [
        (1, timezone.now().date()),
        (2, timezone.now().date()),
    ]


@pytest.mark.parametrize("version", ["1", "3", "", "x", "²"])
def test_only_the_version_in_force_can_be_accepted(version, record, maya):
    record("Be kind.")
    record("Be kind. Sell nothing.", must_accept=True)
    assert logged_in(maya).post(PAGE, {"version": version}).status_code == 200
    maya.refresh_from_db()
    assert maya.rules_accepted == 1
    assert not RulesAcceptance.objects.exists()


@pytest.mark.parametrize("url", ["/", "/privacy/", "/forum/", "/account/settings/"])
def test_members_are_told_at_their_next_visit(url, record, maya, guide):
    notice = f'<a href="{PAGE}">See what changed</a>'
    client = logged_in(maya)
    assert notice not in client.get(url).content.decode()
    record("Be kind. Sell nothing.", must_accept=True)
    assert notice in client.get(url).content.decode()
    accept_rules(2, by=maya)
    assert notice not in client.get(url).content.decode()


def test_those_who_never_accepted_any_are_asked_at_login_only(record, noah):
    noah.rules_accepted = 0
    noah.save()
    assert "See what changed" not in logged_in(noah).get("/").content.decode()


def test_visitors_can_read_earlier_versions(record, client):
    record("Be *kind*.")
    record("Be *kind*!")
    record("Be quiet.", must_accept=True)
    record("Be still.", must_accept=True)
    page = client.get(PAGE).content.decode()
    urls = [reverse("accounts:earlier-house-rules", args=[number]) for number in (2, 1)]
    assert page.index(urls[0]) < page.index(urls[1])
    old = client.get(urls[1]).content.decode()
    assert "<em>kind</em>!" in old
    assert f"in force until {timezone.now():%-d %B %Y}" in old
    missing = [reverse("accounts:earlier-house-rules", args=[number]) for number in (0, 3, 10**9)]
    assert [client.get(url).status_code for url in missing] == [404] * 3


def test_signing_up_accepts_the_version_in_force(record, client):
    record("Be kind.", at_least=3)
    form = {"display_name": "Noor", "email": "noor@example.org", "password1": "Teal-Otter-91-Lamp", "adult": "on"}
    client.post(reverse("account_signup"), form | {"rules": "on"})
    accepted = RulesAcceptance.objects.select_related("user").get()
    assert (accepted.user.display_name, accepted.user.rules_accepted, accepted.number) == ("Noor", 3, 3)
