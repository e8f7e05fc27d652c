"""The row below a post: by keyboard, on a phone, and what screen readers hear. Previews stay on the page."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from forum.models import Category, Post, Reaction, Thread
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, start_thread
from tests.e2e.page_checks import faults_at

pytestmark = pytest.mark.usefixtures("site")
FOCUS = "() => document.activeElement.id"
SETTLED = "() => !document.querySelector('.htmx-added, .htmx-settling')"  # what came can be used without a new page


@pytest.fixture
def thread(site, maya, dr_okafor):
    room = Category.objects.create(slug="first", title="Starting", purpose="First weeks.", clinical=True, position=1)
    made = start_thread(room, PostText("With breakfast?", title="When do you take it?"), by=maya, key=uuid4())
    approve(made.revisions.get(), by=dr_okafor)
    return Thread.objects.get()


def test_the_keyboard_keeps_its_place_after_a_reaction_and_a_bookmark(browse, thread, noah):
    page = browse(noah, viewport={"width": 360, "height": 740})
    page.goto(thread.get_absolute_url())
    page.locator("#reactions-1 summary").focus()
    page.keyboard.press("Enter")
    page.locator("#react-me-too-1").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#announcement")).to_have_text("“Me too” added.")
    page.wait_for_function(SETTLED)
    assert page.evaluate(FOCUS) == "react-me-too-1"
    page.keyboard.press("Enter")
    expect(page.locator("#announcement")).to_have_text("“Me too” removed.")
    assert page.evaluate(FOCUS) == "react-me-too-1"
    assert Reaction.objects.count() == 0
    page.locator("#post-1 summary", has_text="More for post 1").click()
    page.locator("#bookmark-1").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#announcement")).to_have_text("Bookmark added.")
    assert page.evaluate(FOCUS) == "bookmark-1"
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    page.keyboard.press("Escape")
    expect(page.locator("#bookmark-1")).to_be_hidden()
    assert faults_at(page, thread.get_absolute_url()) == []


def test_a_reply_is_written_below_the_post_that_it_answers(browse, thread, noah):
    page = browse(noah, viewport={"width": 360, "height": 740})
    page.goto(thread.get_absolute_url())
    link = page.get_by_role("link", name="Reply to post 1")
    link.click()
    area = page.locator("#post-1 #id_body")
    expect(area).to_be_focused()
    area.fill("I take it **at night**.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#post-1 #preview-area strong")).to_have_text("at night")
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    link.click()  # a second form would be one too many; what was typed moves along
    expect(page.locator("#write:focus-within")).to_have_count(1)
    expect(page.locator("#write")).to_have_count(1)
    expect(area).to_have_value("I take it **at night**.")
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#write")).to_have_count(0)
    expect(link).to_be_focused()
    link.click()
    area.fill("With supper.")
    page.get_by_role("button", name="Send for review").click()
    expect(page).to_have_url(re.compile("/forum/mine/"))
    assert Post.objects.of(noah).get().quoted == Post.objects.get(position=1)


def test_a_reply_that_is_not_possible_any_more_opens_a_page_that_says_why(browse, thread, noah):
    page = browse(noah, expected="403")
    page.goto(thread.get_absolute_url())
    Thread.objects.update(state=Thread.State.LOCKED)
    page.get_by_role("link", name="Reply to post 1").click()
    expect(page).to_have_url(re.compile("/reply/"))


def test_a_preview_stays_on_the_page_and_back_leads_to_the_thread(browse, thread, noah):
    page = browse(noah)
    page.goto(thread.get_absolute_url())
    page.goto(f"/forum/thread/{thread.pk}/{thread.slug}/reply/?answer={Post.objects.get().pk}")
    expect(page.get_by_role("heading", name="You’re replying to Maya")).to_be_visible()
    page.locator("#id_body").fill("I take it **at night**.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview-area strong")).to_have_text("at night")
    page.go_back()
    expect(page.locator("h1")).to_have_text("When do you take it?")


def test_a_welcome_page_suggests_the_browsers_zone(browse, noah):
    page = browse(noah, timezone_id="Asia/Tokyo", locale="en-IE")
    page.goto("/account/welcome/")
    expect(page.locator("#id_time_zone")).to_have_value("Asia/Tokyo")
    page.goto("/forum/")
