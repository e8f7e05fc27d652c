from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.conduct.sanctions import appeal, impose, lift
from accounts.models import Notification
from accounts.staff_tasks import staff_tasks
from tests.accounts.samples import submit
from tests.conftest import person


def told_to(user):
    return set(Notification.objects.of(user).filter(kind="to-verify").values_list("sentence", flat=True))


def sanctioned(member, by, **changes):
    return impose(member, **{"by": by, "kind": "suspension", "reason": "r", "message": "m", **changes})


def test_the_list_shows_what_is_in_force(client, vera, maya, noah, elif_):
    sanctioned(maya, vera, ends_at=timezone.now() + timedelta(days=3))
    sanctioned(noah, vera, kind="warning")
    lift(sanctioned(elif_, vera), by=vera, reason="A mistake.")
    client.force_login(vera)
    url = reverse("admin:accounts_sanction_changelist")
    shown = client.get(url).content.decode()
    assert [name in shown for name in (">Maya<", ">Noah<", ">Elif<")] == [True, False, False]
    assert reverse("admin:accounts_user_change", args=[maya.pk]) in shown
    everything = client.get(url, {"show": "all"}).content.decode()
    assert [name in everything for name in (">Maya<", ">Noah<", ">Elif<")] == [True, True, True]


def test_verifiers_hear_of_an_application_and_its_applicant_does_not(vera, maya):
    boss = person("boss", "Boss", is_staff=True, is_superuser=True)
    submit(maya)
    assert [told_to(who) for who in (vera, boss, maya)] == [
        {"Someone applied for the badge."},
        {"Someone applied for the badge."},
        set(),
    ]


def test_an_appeal_is_told_to_those_who_may_answer_it(vera, maya):
    victor = person("victor", "Victor", "Verifiers", is_staff=True)
    appeal(sanctioned(maya, vera), by=maya, text="Not me.")
    assert (told_to(vera), told_to(victor)) == (set(), {"A member appealed a decision about their account."})
    assert [[task.number for task in staff_tasks(who)] for who in (vera, victor)] == [[0, 0, 0, 1], [0, 0, 1, 1]]


def test_the_first_page_of_the_admin_counts_what_waits(client, vera, elif_, maya):
    submit(maya)
    client.force_login(vera)
    assert "New applications for the badge: 1" in client.get(reverse("admin:index")).content.decode()
    client.force_login(elif_)
    assert "applications for the badge" not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize(
    ("words", "verifier_finds", "administrator_finds"),
    [
        ("may", True, True),
        ("maya@example.org", False, True),
        ("a-123", True, True),
        ("A-12", False, False),
    ],
)
def test_people_are_found_by_name_address_and_license(client, vera, maya, words, verifier_finds, administrator_finds):
    boss = person("boss", "Boss", is_staff=True, is_superuser=True)
    submit(maya, license_number="A-123")
    for who, found in ((vera, verifier_finds), (boss, administrator_finds)):
        client.force_login(who)
        html = client.post(reverse("admin:accounts_user_find"), {"words": words}).content.decode()
        assert (reverse("admin:accounts_user_change", args=[maya.pk]) in html) is found, (who, words)
        assert ("No one found." in html) is not found


def test_the_list_of_users_leads_to_the_search(client, vera):
    client.force_login(vera)
    assert reverse("admin:accounts_user_find") in client.get(reverse("admin:accounts_user_changelist")).content.decode()
