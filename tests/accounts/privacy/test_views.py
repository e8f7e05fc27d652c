import io
import re
import zipfile

import pytest
from django.urls import reverse

from accounts.conduct.sanctions import impose
from accounts.models import Block, DataExport, User
from accounts.privacy.exports import ask_for_export, make_exports


def page(client, name, *args):
    return client.get(reverse(f"accounts:{name}", args=args)).content.decode()


@pytest.fixture
def fresh(client, maya):
    """Maya, who has logged in and then shown again who she is."""
    maya.set_password("three quiet herons")
    maya.save()
    client.force_login(maya)
    client.post(reverse("account_reauthenticate"), {"password": "three quiet herons"})
    return client


def test_a_hidden_profile_is_the_same_as_none(client, maya, noah):
    client.force_login(noah)
    hidden = client.get(reverse("accounts:profile", args=[maya.pk]))
    none = client.get(reverse("accounts:profile", args=[10**9]))
    assert (hidden.status_code, none.status_code) == (404, 404)
    pages = [
        re.sub(r'/member/\d+/|name="csrfmiddlewaretoken" value="[^"]+"', "", r.content.decode()) for r in (hidden, none)
    ]
    assert pages[0] == pages[1]


def test_a_public_profile_shows_the_pseudonym_and_no_more(client, maya, dr_okafor):
    User.objects.update(profile_public=True)
    html = page(client, "profile", maya.pk)
    assert "Maya" in html
    assert '<meta name="robots" content="noindex">' in html
    for private in ("maya@", "last", str(maya.date_joined.day) + " "):
        assert private not in html.split("<main")[1].split("</main>")[0]
    assert "Physician · verified" in page(client, "profile", dr_okafor.pk)


def test_who_is_blocked_finds_no_profile_and_is_not_told(client, maya, noah):
    User.objects.update(profile_public=True)
    client.force_login(maya)
    client.post(reverse("accounts:block", args=[noah.pk]), {"kind": "block"})
    assert "Noah" in page(client, "blocks")
    client.force_login(noah)
    assert client.get(reverse("accounts:profile", args=[maya.pk])).status_code == 404
    assert noah.notifications.count() == 0
    client.force_login(maya)
    client.post(reverse("accounts:end-block", args=[noah.pk]))
    assert Block.objects.count() == 0


@pytest.mark.parametrize("kind", ["", "nonsense", "state"])
def test_a_block_has_a_known_kind(client, maya, noah, kind):
    User.objects.update(profile_public=True)
    client.force_login(maya)
    client.post(reverse("accounts:block", args=[noah.pk]), {"kind": kind})
    assert Block.objects.count() == 0


def test_nobody_ends_the_blocks_of_others(client, maya, noah):
    Block.objects.create(owner=maya, other=noah, kind="block")
    client.force_login(noah)
    client.post(reverse("accounts:end-block", args=[noah.pk]))
    client.post(reverse("accounts:end-block", args=[maya.pk]))
    assert Block.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_one_and_three(client, maya, vera, count, django_assert_num_queries):
    for n in range(count):
        other = User.objects.create_user(f"o{n}@example.org", "pw", display_name=f"Other {n}x")
        Block.objects.create(owner=maya, other=other, kind="mute")
        impose(maya, by=vera, kind="warning", reason="r", message="m")
    client.force_login(maya)
    for name, lists in (("blocks", 1), ("conduct", 2)):
        with django_assert_num_queries(3 + lists):  # session, person with groups, help lines, and the rows
            page(client, name)


def test_maya_gets_her_copy_and_noah_does_not(fresh, maya, noah):
    fresh.post(reverse("accounts:data"))
    make_exports()
    export = DataExport.objects.get()
    answer = fresh.get(reverse("accounts:download", args=[export.pk]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert "maya@example.org" in archive.read("data.json").decode()
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    DataExport.objects.update(user=noah)
    assert fresh.get(reverse("accounts:download", args=[export.pk])).status_code == 404


@pytest.mark.parametrize("name", ["download", "delete-account"])
def test_who_has_not_shown_who_they_are_of_late_is_asked_again(client, maya, name):
    ask_for_export(maya)
    make_exports()
    client.force_login(maya)
    arguments = [DataExport.objects.get().pk] if name == "download" else []
    response = client.get(reverse(f"accounts:{name}", args=arguments))
    assert response["Location"].startswith("/account/reauthenticate/")


def test_maya_leaves_and_changes_her_mind(fresh, maya):
    assert "This field is required" in fresh.post(reverse("accounts:delete-account"), {}).content.decode()
    assert (
        "We’ll erase it on"
        in fresh.post(reverse("accounts:delete-account"), {"posts_choice": "remove"}, follow=True).content.decode()
    )
    assert User.objects.get(pk=maya.pk).state == "leaving"
    for _ in range(2):
        fresh.post(reverse("accounts:cancel-deletion"))
    assert User.objects.get(pk=maya.pk).state == "active"


def test_the_suspended_can_read_export_appeal_and_leave(fresh, maya, vera):
    sanction = impose(maya, by=vera, kind="suspension", reason="r", message="Please rest a while.")
    assert "Please rest a while." in page(fresh, "conduct")
    for name in ("data", "delete-account", "home", "inbox"):
        assert fresh.get(reverse(f"accounts:{name}")).status_code == 200
    url = reverse("accounts:appeal-sanction", args=[sanction.pk])
    assert "This field is required" in fresh.post(url, {"text": ""}).content.decode()
    for _ in range(2):
        assert fresh.post(url, {"text": "I was not there."}).status_code == 302
    assert "Waiting for an answer" in page(fresh, "conduct")


def test_anothers_sanction_does_not_exist(client, maya, noah, vera):
    sanction = impose(maya, by=vera, kind="warning", reason="r", message="m")
    client.force_login(noah)
    assert client.get(reverse("accounts:appeal-sanction", args=[sanction.pk])).status_code == 404
