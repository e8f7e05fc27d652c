"""Tools that keep everything on the device: nothing is sent, the calendar file, the diary, export, deletion, paper."""

import json
import re
from datetime import date, datetime

import pytest
import vobject
from icalendar import Calendar
from playwright.sync_api import expect

from tests.e2e.page_checks import faults

PAGE = "/guide/your-notes/"
WORDS = "queasy after lunch"
TITLE = "Tennis; bring shoes, " + "ü" * 39  # to be escaped, and longer than a line may be
pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def tools(browse):
    """Open the page on a fixed day, and record every request after it has loaded."""

    def opened(user=None, **options):
        page = browse(user, **options)
        page.clock.set_fixed_time(datetime(2026, 11, 28, 9, 0))
        page.goto(PAGE, wait_until="networkidle")
        page.sent = []
        page.on("request", lambda request: page.sent.append(request.url))
        return page

    return opened


def note_day(page, day="2026-11-28", dose="taken", drinks="0", words=WORDS):
    page.get_by_label("Day", exact=True).fill(day)
    page.get_by_label("Dose", exact=True).select_option(dose)
    page.get_by_label("Drinks").fill(drinks)
    page.get_by_label("Strongest urge").fill("7")
    page.get_by_label("Mood").select_option("4")
    page.get_by_label("Side effects").fill(words)
    page.get_by_role("button", name="Save this day").click()


def calendar_of(page):
    with page.expect_download() as download:
        page.get_by_role("button", name="Put it in my calendar").click()
    assert download.value.suggested_filename == "reminder.ics"
    return download.value.path().read_bytes()


@pytest.mark.parametrize("member", [False, True], ids=["visitor", "member"])
def test_nothing_that_is_entered_leaves_the_browser(tools, maya, member):
    page = tools(maya if member else None)
    page.get_by_label("Day of the last injection").fill("2026-11-28")
    note_day(page)
    calendar_of(page)
    with page.expect_download():
        page.get_by_role("button", name="Save a copy as a file").click()
    page.get_by_label("Largest").check()
    assert [url for url in page.sent if not url.startswith("blob:")] == []
    page.reload(wait_until="networkidle")
    page.goto("/guide/taking-it/", wait_until="networkidle")
    assert not any(re.search("queasy|2026-11-28", url) for url in page.sent)
    assert not any("queasy" in cookie["value"] for cookie in page.context.cookies())


def test_the_next_injection_in_words_and_when_it_is_late(tools):
    page = tools()
    sentence = page.locator("[data-next-date-sentence]")
    for day, every, words in [
        ("2026-11-27", "28", "Next injection: Friday, December 25, 2026, in 27 days."),
        ("2026-10-31", "28", "Next injection: Saturday, November 28, 2026, today."),
        ("2026-10-31", "month", "Next injection: Monday, November 30, 2026, in 2 days."),
        ("2026-10-25", "28", "Your injection was due on Sunday, November 22, 2026, 6 days ago. Call the clinic today."),
    ]:
        page.get_by_label("Day of the last injection").fill(day)
        page.get_by_label("My clinic gives it").select_option(every)
        expect(sentence).to_have_text(words)
    page.get_by_role("link", name="Read what a late injection means").click()
    expect(page.get_by_text("A late injection is no reason to stay away.")).to_be_visible()
    assert "opioid-free" not in sentence.inner_text()


def test_two_calendars_read_the_file_and_it_names_nothing(tools):
    page = tools()
    page.get_by_label("Day of the last injection").fill("2026-11-28")
    page.get_by_label("What your calendar will say").fill(TITLE)
    content = calendar_of(page)
    assert not re.search(rb"naltrex|injection|dose|guide|127\.0|localhost", content, re.IGNORECASE)
    assert max(map(len, content.split(b"\r\n"))) <= 75
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    same = vobject.readOne(content.decode()).vevent
    assert event["SUMMARY"] == same.summary.value == TITLE
    assert event["DTSTART"].dt == same.dtstart.value == date(2026, 12, 26)
    assert event["CLASS"] == same.contents["class"][0].value == "PRIVATE"
    page.get_by_label("Remind me of").select_option("tablet")
    page.get_by_label("Time of day").fill("20:30")
    content = calendar_of(page)
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    same = vobject.readOne(content.decode()).vevent
    assert event["DTSTART"].dt == same.dtstart.value == datetime(2026, 11, 28, 20, 30)
    assert (event["RRULE"], same.rrule.value) == ({"FREQ": ["DAILY"]}, "FREQ=DAILY")
    assert event.walk("VALARM")[0]["TRIGGER"].dt == same.valarm.trigger.value


def test_the_diary_counts_days_and_can_be_changed(tools):
    page = tools()
    note_day(page, "2026-11-26", drinks="3")
    note_day(page, "2026-11-28")
    note_day(page, "2026-11-25", dose="not-taken", drinks="")
    totals = page.locator("[data-totals]")
    expect(totals).to_have_text(
        "3 days noted. Dose taken on 2 days. No drink on 1 of the 2 days on which you noted drinks."
    )
    page.reload()
    rows = page.locator("[data-days] tbody tr")
    expect(rows.nth(0)).to_contain_text("Sat, Nov 28, 2026taken07good" + WORDS)
    page.get_by_role("button", name="Change Thu, Nov 26, 2026").click()
    page.get_by_label("Drinks").fill("0")
    page.get_by_role("button", name="Save this day").click()
    expect(totals).to_contain_text("No drink on 2 of the 2 days")
    page.get_by_role("button", name="Delete Wed, Nov 25, 2026").click()
    expect(totals).to_contain_text("2 days noted.")
    assert faults(page) == []


def test_paper_shows_the_diary_alone(tools):
    page = tools()
    note_day(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Your diary")).to_be_visible()
    expect(page.locator("[data-days]")).to_contain_text(WORDS)
    assert [h2.is_visible() for h2 in page.locator("main h2").all()].count(True) == 1
    expect(page.get_by_role("button", name="Change")).to_be_hidden()


def test_export_has_everything_and_one_tap_deletes_it(tools):
    page = tools()
    note_day(page)
    page.get_by_label("Larger", exact=True).check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save a copy as a file").click()
    copy = json.loads(download.value.path().read_text())
    assert copy["days"]["2026-11-28"]["words"] == WORDS
    assert copy["text-size"] == "larger"
    page.get_by_role("button", name="Delete everything here").click()
    assert page.evaluate("localStorage.length") == 0
    expect(page.locator("[data-totals]")).to_have_text("No day noted yet.")
    page.get_by_role("button", name="Undo: bring my notes back").click()
    expect(page.locator("[data-days]")).to_contain_text(WORDS)
    page.get_by_role("button", name="Delete everything here").click()
    page.reload()
    assert page.evaluate("localStorage.length") == 0


def test_pages_and_text_size_are_kept_also_through_a_log_out(tools, maya):
    page = tools(maya)
    page.get_by_label("Largest").check()
    page.evaluate("localStorage.setItem('help-country', 'IE')")
    page.goto("/guide/taking-it/")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "21.6px"
    page.get_by_role("button", name="Save on this device").click()
    page.locator(".account-menu summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in", exact=True)).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).sort().join()") == "mine:pages,mine:text-size"
    page.goto(PAGE)
    saved = page.locator("[data-saved-pages]")
    expect(saved.get_by_role("link", name="Taking it, day to day")).to_have_attribute("href", "/guide/taking-it/")
    saved.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("None yet.")).to_be_visible()


def test_without_javascript_it_offers_paper(browse):
    page = browse(java_script_enabled=False)
    page.goto(PAGE)
    expect(page.get_by_text("These tools need JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Save this day")).to_be_hidden()
    page.get_by_text("My injection is late").click()
    expect(page.get_by_text("A late injection is no reason to stay away.")).to_be_visible()
