"""Drafts, the back button and expired sessions, with and without JavaScript; accessibility of the posting form."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import expect

from accounts.models import Session
from forum.models import Category, Draft, Post
from tests.conftest import PersonsClient

WORDS = "I sleep badly since Monday."

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def room(transactional_db):
    return Category.objects.create(slug="first", title="First weeks", purpose="Begin here.", position=1)


@pytest.mark.parametrize("script", [True, False], ids=["js", "no-js"])
def test_a_draft_is_previewed_saved_reopened_and_sent(browse, room, maya, script):
    page = browse(maya, java_script_enabled=script)
    page.goto("/forum/in/first/new/")
    page.get_by_label("Title").fill("Is it normal?")
    page.get_by_label("Your post").fill(f"**{WORDS}**")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview strong")).to_have_text(WORDS)
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("link", name="Is it normal?").click()
    expect(page.get_by_label("Your post")).to_have_value(f"**{WORDS}**")
    page.wait_for_timeout(2100)  # quicker than a person would be asked to send again
    page.get_by_role("button", name="Send for review").click()
    expect(page.get_by_role("heading", name="Your post")).to_be_visible()
    assert (Post.objects.count(), Draft.objects.count()) == (1, 0)


def test_text_is_autosaved_and_formatted_with_shortcuts(browse, room, maya):
    page = browse(maya)
    page.goto("/forum/in/first/new/")
    page.get_by_label("Title").fill("Is it normal?")
    area = page.get_by_label("Your post")
    area.fill(WORDS)
    area.press("Control+a")
    area.press("Control+b")
    expect(area).to_have_value(f"**{WORDS}**")
    expect(page.get_by_role("status").filter(has_text="Draft saved")).to_be_visible(timeout=10_000)
    assert Draft.objects.get().form_data["body"] == f"**{WORDS}**"
    page.goto("/forum/in/first/new/")
    expect(page.get_by_label("Your post")).to_have_value(f"**{WORDS}**")


def test_a_session_that_expires_while_writing_loses_no_text(browse, room, maya):
    page = browse(maya, expected="403", java_script_enabled=False)
    page.goto("/forum/in/first/new/")
    page.get_by_label("Title").fill("Is it normal?")
    page.get_by_label("Your post").fill(WORDS)
    Session.objects.all().delete()
    page.get_by_role("button", name="Send for review").click()
    expect(page.get_by_role("heading", name="You were logged out while writing")).to_be_visible()
    expect(page.get_by_label("Your post")).to_have_value(WORDS)
    client = PersonsClient()
    client.force_login(maya)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": page.url.split("/forum")[0]}])
    page.get_by_role("button", name="Send for review").click()
    expect(page.get_by_role("heading", name="Your post")).to_be_visible()
    assert Post.objects.get().revisions.get().body == WORDS


@pytest.mark.parametrize("width", [360, 1280])
def test_the_posting_form_is_accessible(browse, room, maya, width):
    page = browse(maya, viewport={"width": width, "height": 900})
    for path in ("/forum/in/first/new/", "/forum/mine/"):
        page.goto(path)
        found = Axe().run(page)
        assert found.response["violations"] == [], re.sub(r"\s+", " ", found.generate_report())
