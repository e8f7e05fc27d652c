"""Two members in one browser, and a browser after its owner logged out."""

import json

import pytest
from django.conf import settings
from playwright.sync_api import expect

from accounts.models import Session
from forum.models import Category, Draft
from tests.conftest import PersonsClient

WORDS = "My sister does not know that I take it."
PASSWORD = "three quiet herons"
WRITE = "/forum/in/first/new/"

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def room(transactional_db):
    return Category.objects.create(slug="first", title="First weeks", purpose="Begin here.", position=1)


def switch_to(page, user):
    """Give the browser a session of another member, as if they had logged in."""
    client = PersonsClient()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    site = page.url.partition("/forum")[0].partition("/account")[0]
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])


def stored(page):
    return page.evaluate("JSON.stringify({...localStorage})")


def type_words(page):
    page.goto(WRITE)
    page.get_by_label("Your post").press_sequentially(WORDS)
    expect(page.get_by_role("status").filter(has_text="Draft saved")).to_be_visible(timeout=10_000)


def test_unsent_words_are_not_shown_to_the_next_member(browse, room, maya, noah):
    page = browse(maya)
    type_words(page)
    Session.objects.all().delete()  # ended from another device
    Draft.objects.all().delete()
    page.goto("/account/login/")
    copy = json.loads(stored(page))
    assert list(copy) == [f"words:{WRITE}"]  # she can log in again and go on
    assert "sister" not in str(copy)
    switch_to(page, noah)
    page.goto(WRITE)
    expect(page.get_by_label("Your post")).to_have_value("")
    page.get_by_label("Title").fill("Mine")
    expect(page.get_by_role("status").filter(has_text="Draft saved")).to_be_visible(timeout=10_000)
    assert Draft.objects.get().form_data["body"] == ""


def test_their_author_gets_unsent_words_back_after_logging_in_again(browse, room, maya):
    page = browse(maya)
    type_words(page)
    Session.objects.all().delete()
    Draft.objects.all().delete()
    page.goto("/account/login/")
    switch_to(page, maya)
    page.goto(WRITE)
    expect(page.get_by_label("Your post")).to_have_value(WORDS)


def test_words_are_removed_after_a_day(browse, room, maya):
    page = browse(maya)
    type_words(page)
    page.evaluate(
        "for (const [key, entry] of Object.entries(localStorage))"
        " localStorage.setItem(key, JSON.stringify({...JSON.parse(entry), at: Date.now() - 25 * 3600e3}))"
    )
    page.goto("/about/")
    assert stored(page) == "{}"


def test_logging_out_removes_what_the_browser_stored(browse, room, maya):
    page = browse(maya)
    type_words(page)
    page.goto("/guide/taking-it/")
    page.goto("/search/?q=liver")
    page.locator(".account-menu summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in", exact=True)).to_be_visible()
    assert stored(page) == "{}"
    for _ in range(3):  # the pages before: the search, the guide, the form
        page.go_back()
        assert "Maya" not in page.content()
        assert "sister" not in page.content()


@pytest.mark.parametrize("keep", [True, False])
def test_a_member_chooses_to_stay_logged_in(page, site, maya, keep):
    maya.set_password(PASSWORD)
    maya.save()
    page.goto(f"{site}/account/login/")
    page.get_by_label("E-mail address").fill(maya.email)
    page.get_by_label("Password").fill(PASSWORD)
    box = page.get_by_label("Keep me logged in on this device").first
    expect(box).not_to_be_checked()
    if keep:
        box.check()
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.locator(".account-menu summary")).to_contain_text("Maya")
    (expires,) = [c["expires"] for c in page.context.cookies() if c["name"] == settings.SESSION_COOKIE_NAME]
    assert (expires > 0) is keep
