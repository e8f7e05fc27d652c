"""Data exports, account deletion, sanctions and blocks in browsers."""

import json
import zipfile

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from accounts.conduct.sanctions import appeal, decide_appeal, impose
from accounts.models import Block, DataExport, User
from accounts.permissions import is_suspended
from accounts.privacy.account_deletion import DELETION_GRACE_PERIOD, request_deletion
from accounts.privacy.exports import ask_for_export, make_exports
from tests.conftest import person
from tests.e2e.page_checks import faults_at

PASSWORD = "three quiet herons"

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def maya_at_home(maya):
    maya.set_password(PASSWORD)
    maya.save()
    return maya


def confirm(page):
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def ask_to_delete(page, choice):
    page.goto("/account/leave/")
    page.get_by_label(choice).check()
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("heading", name="Your account will be deleted")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_member_exports_data_and_deletes_the_account(browse, maya_at_home, javascript):
    page = browse(maya_at_home, accept_downloads=True, java_script_enabled=javascript)
    page.goto("/account/")
    page.get_by_role("link", name="Your data and account deletion").click()
    page.get_by_role("button", name="Make a copy of my data").click()
    expect(page.get_by_text("We’re making your copy")).to_be_visible()
    call_command("worker", "--once")
    page.reload()
    page.get_by_role("link", name="Download").click()
    with page.expect_download() as download:  # it begins when she has shown who she is
        confirm(page)
    with zipfile.ZipFile(download.value.path()) as archive:
        assert json.loads(archive.read("data.json"))["Account"][0]["email"] == "maya@example.org"

    ask_to_delete(page, "keep my posts")
    page.goto("/account/")
    page.get_by_role("button", name="Keep my account").click()
    expect(page.get_by_text("We won’t delete your account.")).to_be_visible()
    ask_to_delete(page, "Remove my posts")
    leaving = User.objects.get()
    assert (leaving.state, leaving.posts_choice) == ("leaving", "remove")
    User.objects.update(deletion_requested_at=leaving.deletion_requested_at - DELETION_GRACE_PERIOD)
    call_command("worker", "--once")
    page.goto("/account/")
    assert "/account/login/" in page.url
    assert User.objects.get().state == "erased"
    assert DataExport.objects.count() == 0


def test_a_suspension_is_appealed_and_lifted(browse, vera, noah):
    victor = person("victor", "Victor", "Verifiers", is_staff=True)
    desk = browse(vera)
    desk.goto("/admin/accounts/user/")
    desk.get_by_role("link", name="Noah").click()
    desk.get_by_role("link", name="Warn, limit, suspend or close").click()
    desk.get_by_label("Kind").select_option("suspension")
    desk.get_by_label("Reason").fill("Two insults.")
    desk.get_by_label("To the member").fill("Please rest for a while.")
    desk.get_by_role("button", name="Warn, limit, suspend or close").click()
    expect(desk.get_by_text("Done. The member has been notified.")).to_be_visible()
    assert is_suspended(noah)

    his = browse(noah)
    his.goto("/account/conduct/")
    expect(his.get_by_text("Please rest for a while.")).to_be_visible()
    his.get_by_role("link", name="Appeal").click()
    his.get_by_label("Why do you disagree?").fill("It was somebody else.")
    his.get_by_role("button", name="Send").click()
    expect(his.get_by_text("Waiting for an answer")).to_be_visible()

    desk.reload()
    expect(desk.get_by_text("It was somebody else.")).to_be_visible()
    expect(desk.get_by_role("link", name="Answer")).to_have_count(0)  # Vera imposed it
    other = browse(victor)
    other.goto("/admin/accounts/sanctionappeal/")
    other.get_by_role("link", name="Noah").click()
    other.get_by_role("link", name="Answer").click()
    other.get_by_label("Answer to the member").fill("You are right, and we are sorry.")
    other.get_by_label("Decision").select_option("yes")
    other.get_by_role("button", name="Answer the appeal").click()
    expect(other.get_by_text("Done. The member has been notified.")).to_be_visible()
    assert not is_suspended(noah)
    his.reload()
    expect(his.get_by_text("You are right, and we are sorry.")).to_be_visible()


def test_a_member_is_blocked_and_unblocked_by_keyboard(browse, maya, noah):
    User.objects.update(profile_public=True)
    page = browse(maya)
    page.goto(f"/account/member/{noah.pk}/")
    page.get_by_role("button", name="Block").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("You’ve blocked Noah.")
    page.get_by_role("button", name="Remove for Noah").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You haven’t muted or blocked anyone")).to_be_visible()
    assert Block.objects.count() == 0


@pytest.fixture
def lived_in(maya_at_home, noah, vera):
    """Rows that fill the pages."""
    User.objects.update(profile_public=True)
    Block.objects.create(owner=maya_at_home, other=vera, kind="mute")
    limit = impose(maya_at_home, by=vera, kind="limit", posts_per_day=2, reason="Insults.", message="Please rest.")
    made = appeal(impose(maya_at_home, by=vera, kind="warning", reason="r", message="m"), by=maya_at_home, text="No.")
    decide_appeal(made, by=person("victor", "Victor", "Verifiers"), grant=False, answer="We read it again.")
    for _ in range(2):
        ask_for_export(maya_at_home)
        make_exports()
    rooms = ["data", "leave", "blocked", "conduct", f"conduct/{limit.pk}/appeal", f"member/{noah.pk}"]
    return [f"/account/{room}/" for room in rooms]


def test_axe_finds_nothing_and_nothing_overflows(browse, maya_at_home, lived_in):
    page = browse(maya_at_home)
    page.goto("/account/leave/")
    confirm(page)
    found = faults_at(page, *lived_in)
    request_deletion(maya_at_home, posts_choice="leave")
    assert found + faults_at(page, "/account/", "/account/leave/") == []
