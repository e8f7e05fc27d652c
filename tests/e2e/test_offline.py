"""“Keep for offline” on a phone: nothing before the tap, the kept pages without a connection, fresh copies, and removal."""

import pytest
from playwright.sync_api import expect

from tests.e2e.page_checks import faults_at

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
WORKERS = "navigator.serviceWorker.getRegistrations().then(all => all.length)"
STORED = "caches.keys().then(names => names.join())"


@pytest.fixture
def phone(browser, live_server, site):
    """Open a page on a phone. Without a connection, errors in its console are expected."""
    contexts = []

    def opened():
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **PHONE)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def keep(page):
    page.goto("/offline/")
    page.get_by_role("button", name="Keep for offline").click()
    expect(page.get_by_text("Kept on this device: copies of")).to_be_visible(timeout=20_000)


def test_nothing_is_installed_before_the_tap(phone):
    page = phone()
    for path in ("/", "/help-now/", "/guide/your-notes/", "/offline/"):
        page.goto(path)
    assert (page.evaluate(WORKERS), page.evaluate(STORED)) == (0, "")


def test_the_kept_pages_open_without_a_connection(phone):
    page = phone()
    page.goto("/guide/taking-it/")
    page.get_by_role("button", name="Save on this device").tap()
    keep(page)
    page.context.set_offline(True)
    page.goto("/help-now/")
    expect(page.get_by_role("heading", name="Get help now")).to_be_visible()
    page.locator("main summary", has_text="Ireland").tap()
    expect(page.locator("main").get_by_role("link", name="Call 116 123")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.site-header')).position") == "sticky"  # its style
    page.goto("/guide/overdose/")
    expect(page.locator("h1")).to_be_visible()
    page.goto("/guide/taking-it/?p=2")
    expect(page.get_by_role("heading", name="My injection is late")).to_be_visible()
    page.goto("/guide/history/")  # not kept
    expect(page.get_by_text("This page can’t be reached right now")).to_be_visible()
    expect(page.locator("main").get_by_role("link", name="Taking it, day to day")).to_be_visible()


def test_with_a_connection_readers_see_the_site_and_not_the_copy(phone):
    page = phone()
    keep(page)
    page.evaluate("caches.open('kept-offline').then(cache => cache.put('/help-now/', new Response('an old number')))")
    page.goto("/help-now/")
    expect(page.get_by_role("heading", name="Get help now")).to_be_visible()


def test_copies_hold_nothing_of_an_account(browse, site, maya):
    page = browse(maya)
    page.goto("/help-now/")
    assert "Maya" in page.content()
    keep(page)
    copies = page.evaluate(
        "caches.open('kept-offline').then(async cache => (await Promise.all((await cache.matchAll())"
        ".map(answer => answer.text()))).join())"
    )
    assert "Get help now" in copies
    assert "Maya" not in copies


@pytest.mark.parametrize("path", ["/offline/", "/guide/your-notes/"])
def test_a_tap_removes_the_copies_and_the_worker(phone, path):
    page = phone()
    keep(page)
    assert page.evaluate(WORKERS) == 1
    page.goto(path)
    page.get_by_role("button", name="Remove the copies" if path == "/offline/" else "Delete everything here").tap()
    expect(page.get_by_role("status").filter(has_text="Nothing").first).to_be_visible()
    page.wait_for_function(f"{STORED}.then(names => names === '')")
    assert page.evaluate(WORKERS) == 0


def test_axe_finds_nothing(browse, site):
    assert faults_at(browse(), "/offline/") == []


def test_copies_are_renewed_when_they_are_a_day_old(phone):
    page = phone()
    keep(page)
    page.evaluate("""caches.open('kept-offline').then(async cache => {
      const old = await cache.match('/offline/');
      await cache.put('/offline/', new Response(await old.text(), {headers: {'Date': 'Mon, 02 Nov 2026 08:00:00 GMT'}}));
      await cache.put('/help-now/', new Response('an old number', {headers: {'Date': 'Mon, 02 Nov 2026 08:00:00 GMT'}}));
    })""")
    page.goto("/about/")
    page.wait_for_function(
        "caches.match('/help-now/').then(answer => answer.text()).then(text => !text.includes('an old number'))"
    )
