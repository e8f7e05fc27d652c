"""Fixtures for tests with Chromium and a live server. Without Chromium they are skipped, which CI refuses."""

import os
import shutil

import pytest
from django.conf import settings

from tests.conftest import logged_in
from tests.loaded_guide import bring_guide

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's sync API runs an event loop in this thread


@pytest.hookimpl(tryfirst=True)  # before pytest looks at -m
def pytest_collection_modifyitems(items):
    here = [item for item in items if "/e2e/" in str(item.path)]
    for item in here:
        item.add_marker("browser")
    if CHROMIUM or not here:
        return
    if os.environ.get("REQUIRE_BROWSER"):
        raise pytest.UsageError("No Chromium: apt install chromium, or set CHROMIUM to its path.")
    for item in here:
        item.add_marker(pytest.mark.skip(reason="no Chromium found: apt install chromium, or set CHROMIUM"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ["--no-sandbox"]}


@pytest.fixture(autouse=True)
def _database(transactional_db):
    """Let every browser test commit, for the live server to read."""


@pytest.fixture
def site(transactional_db, live_server):
    bring_guide()
    return live_server.url


def watch(page, site, complaints, expected=None):
    """Collect console errors, except those that contain `expected`, and requests to other hosts."""

    def hear(message):
        if message.type == "error" and not (expected and expected in message.text):
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: complaints.append(r.url) if not r.url.startswith(site) else None)
    return page


@pytest.fixture
def watched(page, site):
    """A page that must have no complaints at the end of the test."""
    page.complaints = []
    yield watch(page, site, page.complaints)
    assert page.complaints == []


@pytest.fixture
def browse(browser, live_server):
    """Open a separate browser for a logged-in user or a visitor. None may have complaints at the end."""
    complaints, contexts = [], []

    def opened(user=None, *, expected=None, **options):
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **options)
        contexts.append(context)
        if user:
            name, cookies = settings.SESSION_COOKIE_NAME, logged_in(user).cookies
            context.add_cookies([{"name": name, "value": cookies[name].value, "url": live_server.url}])
        page = watch(context.new_page(), live_server.url, complaints, expected)
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
