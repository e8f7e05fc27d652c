"""Mentioning members with @: chosen from a list by keyboard or tap, or typed."""

from uuid import uuid4

import pytest
from django.conf import settings
from playwright.sync_api import expect

from forum.models import Category, Post
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, reply, start_thread
from tests.conftest import PersonsClient
from tests.e2e.page_checks import faults


@pytest.fixture
def thread(transactional_db, maya, vera, dr_lind, dr_okafor):
    """Dr. Lind's thread, with posts by Maya and, anonymously, by Vera; it cites a guide page."""
    room = Category.objects.create(slug="first", title="First weeks", purpose="Begin here.", position=1)
    words = PostText("See [side effects](/guide/side-effects/).", title="Sleep")
    opening = start_thread(room, words, by=dr_lind, key=uuid4())
    approve(opening.revisions.get(), by=dr_okafor)
    opening.thread.refresh_from_db()
    for who, anonymous in ((maya, False), (vera, True)):
        post = reply(opening.thread, PostText(f"Here, {anonymous}.", anonymous=anonymous), by=who, key=uuid4())
        approve(post.revisions.get(), by=dr_okafor)
    opening.thread.refresh_from_db()
    return opening.thread


@pytest.fixture
def write(browser, site, thread, noah):
    """Noah's reply form."""
    contexts = []

    def write(**options):
        context = browser.new_context(base_url=site, reduced_motion="reduce", **options)
        contexts.append(context)
        client = PersonsClient()
        client.force_login(noah)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
        page = context.new_page()
        page.goto(f"{thread.get_absolute_url()}reply/")
        return page

    yield write
    for context in contexts:
        for page in context.pages:  # what is typed is kept once more when one leaves; the tables are emptied after that
            page.goto("/help-now/", wait_until="networkidle")
            page.wait_for_timeout(300)
        context.close()


def names(page):
    return page.get_by_role("option")


def test_a_name_is_chosen_with_the_keys(write):
    page = write()
    area = page.get_by_label("Your post")
    area.press_sequentially("Thanks, @")
    expect(names(page)).to_have_text(["Dr. Lind", "Maya"])
    area.press("ArrowDown")
    area.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text("Maya")
    assert area.get_attribute("aria-activedescendant") == names(page).nth(1).get_attribute("id")
    area.press("ArrowDown")
    area.press("ArrowUp")
    area.press("Enter")
    expect(area).to_have_value("Thanks, @Maya ")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview .mention")).to_have_text("@Maya")


def test_escape_closes_and_enter_begins_a_line_while_nothing_is_chosen(write):
    page = write()
    area = page.get_by_label("Your post")
    area.press_sequentially("@ma")
    expect(names(page)).to_have_text(["Maya"])
    area.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert area.get_attribute("aria-activedescendant") is None
    area.press_sequentially("y")
    expect(names(page)).to_have_count(1)
    area.press("Enter")
    expect(area).to_have_value("@may\n")
    area.press_sequentially("me@ma")
    page.wait_for_timeout(500)
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_tap_chooses_a_name(write):
    page = write(viewport={"width": 360, "height": 700}, has_touch=True)
    area = page.get_by_label("Your post")
    area.press_sequentially("@d")
    names(page).first.tap()
    expect(area).to_have_value("@Dr. Lind ")
    expect(area).to_be_focused()


def test_a_mention_can_be_typed_without_javascript(write):
    page = write(java_script_enabled=False)
    page.get_by_label("Your post").fill("Thanks, @maya and @vera.")
    page.wait_for_timeout(2100)  # quicker than a person would be asked to send again
    page.get_by_role("button", name="Send for review").click()
    expect(page.locator(".mention")).to_have_text(["@Maya"])
    assert [m.user.display_name for m in Post.objects.latest("pk").revisions.get().mentions.all()] == ["Maya"]


def test_axe_finds_nothing_and_nothing_overflows(write, thread):
    page = write()
    area = page.get_by_label("Your post")
    area.press_sequentially("@")
    expect(names(page)).to_have_count(2)
    area.press("ArrowDown")
    found = faults(page)
    page.goto(thread.get_absolute_url())
    expect(page.get_by_text("From the guide")).to_be_visible()
    found += faults(page)
    page.goto("/guide/side-effects/")
    expect(page.get_by_text("Sleep")).not_to_have_count(0)
    assert found + faults(page) == []
