"""Conduct, profile and block pages: access to other members' rows, and what they reveal."""

import pytest
from django.urls import reverse

from accounts.conduct.sanctions import appeal, impose
from accounts.models import Block, DataExport, SanctionAppeal, User
from accounts.privacy.account_deletion import request_deletion
from accounts.privacy.exports import ask_for_export, make_exports


def url(name, *args):
    return reverse(f"accounts:{name}", args=args)


@pytest.fixture
def noahs(noah, maya, vera):
    """URL arguments of Noah's rows."""
    ask_for_export(noah)
    make_exports()
    sanction = impose(noah, by=vera, kind="warning", reason="r", message="m")
    return {
        "download": DataExport.objects.get().pk,
        "appeal-sanction": sanction.pk,
        "profile": noah.pk,
        "block": noah.pk,
    }


@pytest.mark.parametrize("name", ["download", "appeal-sanction", "profile", "block"])
def test_other_members_rows_are_not_found(client, maya, noahs, name):
    client.force_login(maya)
    client.post(reverse("account_reauthenticate"), {"password": "pw"})
    form = {"kind": "block", "text": "For him."}
    answers = {client.get(url(name, noahs[name])).status_code, client.post(url(name, noahs[name]), form).status_code}
    assert answers <= {404, 405}
    assert (Block.objects.count(), SanctionAppeal.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["download", "appeal-sanction", "profile", "block", "end-block"])
def test_a_visitor_learns_nothing_either(client, noahs, noah, name):
    pk = noahs.get(name, noah.pk)
    for method in (client.get, client.post):
        there, nowhere = method(url(name, pk)), method(url(name, 10**9))
        assert there.status_code == nowhere.status_code
        assert there.status_code in (302, 404, 405)


def test_no_profile_is_for_search_engines(client, maya):
    User.objects.update(profile_public=True)
    answer = client.get(url("profile", maya.pk))
    assert (answer.status_code, answer["X-Robots-Tag"]) == (200, "noindex")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "change", [{"profile_public": False}, {"state": "leaving"}, {"state": "erased"}, {"is_active": False}]
)
def test_profiles_without_permission_are_not_found(client, maya, noah, change):
    User.objects.filter(pk=maya.pk).update(**{"profile_public": True, **change})
    client.force_login(noah)
    assert client.get(url("profile", maya.pk)).status_code == 404


def test_a_hidden_member_cannot_be_found_out_by_blocking(client, maya, noah):
    client.force_login(noah)
    answers = [client.post(url("block", pk), {"kind": "block"}).status_code for pk in (maya.pk, 10**9)]
    assert answers == [404, 404]
    assert "Maya" not in client.get(url("blocks")).content.decode()


def test_mute_becomes_block_and_back_in_one_row(client, maya, noah):
    User.objects.update(profile_public=True)
    client.force_login(maya)
    for kind in ("mute", "block", "mute"):
        html = client.post(url("block", noah.pk), {"kind": kind}, follow=True).content.decode()
        assert f"You’ve {Block.Kind(kind).label} Noah. They won’t be told." in html
    assert Block.objects.get().kind == "mute"


def test_hidden_from_is_for_both_sides_of_a_block_and_for_one_of_a_mute(maya, noah, vera, elif_):
    Block.objects.create(owner=maya, other=noah, kind="block")
    Block.objects.create(owner=maya, other=vera, kind="mute")
    seen = {user.pk: set(Block.objects.hidden_from(user)) for user in (maya, noah, vera, elif_)}
    assert seen == {maya.pk: {noah.pk, vera.pk}, noah.pk: {maya.pk}, vera.pk: set(), elif_.pk: set()}


def test_account_pages_show_the_pending_deletion_with_a_button_to_cancel_it(client, maya):
    request_deletion(maya, posts_choice="leave")
    client.force_login(maya)
    for name in ("home", "inbox", "data", "conduct", "settings"):
        assert "Your account will be deleted on" in client.get(url(name)).content.decode()
    assert User.objects.get(pk=maya.pk).state == "leaving"  # to log in and look around changes nothing
    html = client.post(url("cancel-deletion"), follow=True).content.decode()
    assert "We won’t delete your account." in html
    assert "will be deleted on" not in html


def test_other_members_cannot_see_a_pending_deletion(client, maya, noah):
    request_deletion(maya, posts_choice="leave")
    client.force_login(noah)
    assert "will be deleted on" not in client.get(url("home")).content.decode()


def test_a_second_appeal_is_led_back_to_the_first(client, maya, vera):
    sanction = impose(maya, by=vera, kind="warning", reason="r", message="m")
    appeal(sanction, by=maya, text="I was not there.")
    client.force_login(maya)
    for answer in (client.get(url("appeal-sanction", sanction.pk)), client.post(url("appeal-sanction", sanction.pk))):
        assert answer["Location"] == url("conduct")
    assert "I was not there." in client.get(url("conduct")).content.decode()


def test_a_member_sees_neither_who_decided_nor_the_reason_for_staff(client, maya, vera):
    impose(maya, by=vera, kind="warning", reason="For staff alone.", message="Please be kind.")
    client.force_login(maya)
    html = client.get(url("conduct")).content.decode()
    assert "Please be kind." in html
    assert "Vera" not in html
    assert "For staff alone." not in html


def test_one_asks_for_one_copy_at_a_time(client, maya):
    client.force_login(maya)
    for _ in range(3):
        client.post(url("data"))
    assert DataExport.objects.count() == 1
    assert "Make a copy of my data" not in client.get(url("data")).content.decode()


def test_a_copy_whose_file_is_gone_is_gone(client, maya):
    ask_for_export(maya)
    make_exports()
    export = DataExport.objects.get()
    export.file.storage.delete(export.file.name)
    client.force_login(maya)
    client.post(reverse("account_reauthenticate"), {"password": "pw"})
    assert client.get(url("download", export.pk)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_copies_cost_the_same_for_one_and_three(client, maya, count, django_assert_num_queries):
    DataExport.objects.bulk_create(DataExport(user=maya, state="expired") for _ in range(count))
    client.force_login(maya)
    with django_assert_num_queries(4):  # session, person with groups, copies, help lines
        client.get(url("data"))
