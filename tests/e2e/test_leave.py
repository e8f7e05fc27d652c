"""“Leave quickly” from every page: by thumb, by key, without JavaScript; what Back then shows; its place on the screen."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.e2e.page_checks import faults_at

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
PAGES = ["/", "/guide/taking-it/", "/help-now/", "/forum/", "/account/login/", "/nowhere/", "/guide/wallet-card/"]


@pytest.fixture
def reader(browser, live_server, site):
    """Open a page on which the neutral address answers, and record what was asked for there."""
    contexts = []

    def opened(**options):
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.asked = []

        def answer(route):
            page.asked.append(route.request.headers)
            route.fulfill(body="<title>Weather</title><h1>Rain</h1>", content_type="text/html")

        context.route(f"{settings.LEAVE_ADDRESS}**", answer)
        return page

    yield opened
    for context in contexts:
        context.close()


def press_escape(page, times=3):
    for _ in range(times):
        page.keyboard.press("Escape")


def is_away(page):
    page.wait_for_url(settings.LEAVE_ADDRESS)
    return page.title() == "Weather"


def test_a_tap_leaves_every_page(reader):
    page = reader(**PHONE)
    for path in PAGES:
        page.goto(path)
        page.get_by_role("link", name="Leave quickly", exact=True).tap()
        assert is_away(page)
    assert len(page.asked) == len(PAGES)
    assert not any("referer" in headers for headers in page.asked)


def test_escape_three_times_leaves_and_twice_does_not(reader):
    page = reader()
    page.goto("/guide/taking-it/")
    press_escape(page, 2)
    expect(page.get_by_text("Press Escape once more")).to_have_count(1)
    page.keyboard.press("a")  # it was something else that was closed
    press_escape(page, 2)
    assert page.url.endswith("/guide/taking-it/")
    press_escape(page, 1)
    assert is_away(page)


def test_back_shows_no_page_of_the_site_until_the_reader_opens_one(reader):
    page = reader()
    for path in ("/", "/guide/taking-it/", "/guide/overdose/"):
        page.goto(path)
    press_escape(page)
    assert is_away(page)
    page.go_back()  # to /guide/taking-it/, since /guide/overdose/ was replaced
    assert is_away(page)
    page.goto("/guide/taking-it/")
    page.goto("/guide/overdose/")
    page.go_back()
    expect(page.locator("h1").first).to_be_visible()
    assert page.url.endswith("/guide/taking-it/")


def test_without_javascript_it_is_a_link(reader):
    page = reader(java_script_enabled=False)
    page.goto("/help-now/")
    page.get_by_role("link", name="Leave quickly", exact=True).click()
    assert is_away(page)
    assert not any("referer" in headers for headers in page.asked)


def test_the_button_stays_within_reach_and_covers_no_words(reader):
    page = reader(**PHONE)
    page.goto("/guide/taking-it/")
    button = page.get_by_role("link", name="Leave quickly", exact=True)
    for place in ("0", "1200", "document.body.scrollHeight"):
        page.evaluate(f"scrollTo(0, {place})")
        box = button.bounding_box()
        assert box["height"] >= 44
        assert 740 - 60 <= box["y"] <= 740 - box["height"]
    end = page.locator(".site-footer").bounding_box()
    assert end["y"] + end["height"] <= page.locator(".leave").bounding_box()["y"] + 1
    page.get_by_text("Need help now?").tap()
    panel, strip = page.locator(".help-panel").bounding_box(), page.locator(".leave").bounding_box()
    assert panel["y"] + panel["height"] <= strip["y"]


def test_axe_finds_nothing_on_the_page_about_it(browse, site):
    assert faults_at(browse(), "/leave/") == []
