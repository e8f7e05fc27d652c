from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.credentials import verification
from accounts.models import Credential, Sanction, User
from accounts.permissions import is_moderator
from accounts.roles import MODERATORS
from tests.conftest import clinician, person

PAGE = "/account/who-moderates/"


def suspend(user):
    Sanction.objects.create(user=user, kind="suspension", reason="r", message="m")


def end(user):
    Credential.objects.filter(user=user).update(expires_at=timezone.now())


CHANGES = {
    "nothing": lambda user, vera: None,
    "not appointed": lambda user, vera: user.groups.clear(),
    "lapsed": lambda user, vera: end(user),
    "revoked": lambda user, vera: verification.revoke(user.credentials.get(), by=vera, reason="Ended."),
    "withdrew": lambda user, vera: verification.withdraw_application(user.credentials.get(), by=user),
    "suspended": lambda user, vera: suspend(user),
    "switched off": lambda user, vera: User.objects.filter(pk=user.pk).update(is_active=False),
    "leaving": lambda user, vera: User.objects.filter(pk=user.pk).update(state="leaving"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_page_lists_exactly_those_whom_the_permission_allows(change, client, dr_okafor, vera):
    CHANGES[change](dr_okafor, vera)
    now = User.objects.get(pk=dr_okafor.pk)
    listed = "Dr. Okafor" in client.get(PAGE).content.decode()
    assert (listed, is_moderator(now)) == (change == "nothing", change == "nothing")


def test_members_and_staff_without_a_credential_are_not_listed(client, maya, vera):
    appointed_too_early = person("early", "Too Early", MODERATORS)
    page = client.get(PAGE).content.decode()
    assert [name in page for name in ("Maya", "Vera", "Too Early", "no moderators right now")] == [
        False,
        False,
        False,
        True,
    ]
    assert is_moderator(appointed_too_early) is False


def test_the_page_shows_profession_month_and_a_public_name_only(client, dr_okafor, dr_lind):
    dr_okafor.credentials.update(public_name="Dr. Ada Okafor", name_public=True)
    dr_lind.credentials.update(public_name="Dr. Ingrid Lind", name_public=False)
    page = client.get(PAGE).content.decode()
    month = f"{timezone.now():%B %Y}"
    assert f"Dr. Ada Okafor · physician · verified {month}" in page
    assert f">Physician · verified {month}" in page
    assert [words in page for words in ("Ingrid", "Legal", "L1", "@")] == [False] * 4


def test_the_list_is_not_cached(client, dr_okafor, vera):
    assert "Dr. Okafor" in client.get(PAGE).content.decode()
    verification.revoke(dr_okafor.credentials.get(), by=vera, reason="Ended.")
    assert "Dr. Okafor" not in client.get(PAGE).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_is_constant(rows, client, db, django_assert_num_queries):
    for number in range(rows):
        clinician(f"c{number}", f"Clinician {'ABC'[number]}", MODERATORS)
    assert Group.objects.get(name=MODERATORS).user_set.count() == rows
    client.get(PAGE)
    with django_assert_num_queries(2):
        client.get(PAGE)


def test_a_moderator_with_two_credentials_is_listed_once(client, dr_okafor):
    now = timezone.now()
    dates = {"approved_at": now, "expires_at": now + timedelta(days=366)}
    Credential.objects.create(user=dr_okafor, profession="nurse", state="approved", **dates)
    page = client.get(PAGE).content.decode()
    assert (page.count("Dr. Okafor"), "Nurse · verified" in page) == (1, True)
