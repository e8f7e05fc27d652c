"""The duty board, with and without JavaScript, for moderators and the lead."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import LEADS
from forum.models import Category, Presence, ReadOnlyPeriod, ReviewItem
from forum.posting.posts import PostText, start_thread
from forum.team import handover, rota
from tests.e2e.page_checks import faults, faults_at

BOARD = "/forum/moderation/duty/"


@pytest.fixture
def waiting(transactional_db, maya):
    room = Category.objects.create(slug="first", title="Starting", purpose="First weeks.", clinical=True, position=1)
    start_thread(room, PostText("I am not well.", title="A question of mine"), by=maya, key=uuid4())
    late = timezone.now() - timedelta(minutes=20)
    ReviewItem.objects.update(lane=1, asked_at=late, promised_at=late + timedelta(minutes=15))


@pytest.mark.parametrize("script", [True, False], ids=["js", "no-js"])
def test_a_day_of_duty(browse, waiting, dr_okafor, dr_lind, script):
    ReadOnlyPeriod.objects.create(reason="Nobody was there.")
    page = browse(dr_okafor, java_script_enabled=script)
    page.goto(BOARD)
    expect(page.get_by_text("It closed automatically because no one was on duty.")).to_be_visible()
    page.get_by_label("For how long?").select_option("8")
    page.get_by_role("button", name="Go on duty").click()
    expect(page.get_by_role("heading", name="You’re on duty until")).to_be_visible()
    expect(page.get_by_text("It closed automatically")).to_have_count(0)
    expect(page.get_by_text("late by 5 min")).to_be_visible()
    page.get_by_text("Plan a shift").click()
    page.get_by_label("From", exact=True).fill((timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT10:00"))
    page.get_by_label("Until", exact=True).fill((timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT12:00"))
    page.get_by_role("button", name="Add shift").click()
    expect(page.locator(".rota li")).to_contain_text("10:00 – 12:00")
    page.get_by_role("link", name="Change").first.click()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator(".rota li")).to_have_count(0)
    page.get_by_text("End my duty").first.click()
    page.get_by_label("Note for whoever is on duty next").fill("The second one is hers.")
    page.get_by_role("button", name="End now").click()
    expect(page.get_by_role("heading", name="You’re off duty")).to_be_visible()
    other = browse(dr_lind, java_script_enabled=script)
    other.goto(BOARD)
    other.get_by_role("button", name="Mark as read").click()
    expect(other.get_by_text("The second one is hers.")).to_have_count(0)
    assert Presence.objects.filter(moderator=dr_okafor).exists() is script


def test_the_board_renews_itself(browse, waiting, dr_okafor, dr_lind):
    page = browse(dr_okafor)
    page.clock.install()
    page.goto(BOARD)
    expect(page.get_by_text("No one.", exact=True)).to_be_visible()
    rota.start_duty(by=dr_lind, hours=1)
    page.clock.run_for(31_000)
    expect(page.locator(".duty-cards")).to_contain_text("Dr. Lind until")


def test_axe_finds_nothing_and_nothing_overflows(browse, waiting, dr_okafor, dr_lind, settings):
    settings.FORUM_BREAK_AFTER_HEAVY = 0
    dr_lind.groups.add(Group.objects.get_or_create(name=LEADS)[0])
    now = timezone.now()
    rota.start_duty(by=dr_okafor, hours=1)
    handover.request_debrief(by=dr_okafor, text="It went close to me.", item=ReviewItem.objects.get())
    rota.end_duty(by=dr_okafor, note="Please look at the second one.")
    rota.record_presence(dr_okafor)
    shift = rota.plan_shift(dr_okafor, now + timedelta(hours=5), now + timedelta(hours=6), by=dr_okafor)
    page = browse(dr_lind)
    page.goto(BOARD)
    for each in page.locator("details.action-panel > summary").all():
        each.click()
    found = faults(page)
    ReadOnlyPeriod.objects.create(by=dr_lind, reason="A flood.")
    found += faults_at(page, BOARD, f"{BOARD}shifts/{shift.pk}/", f"{BOARD}talk/", "/forum/review/")
    assert found == []
