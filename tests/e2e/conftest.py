"""A real Chromium on a real server. Without a browser these tests are listed as skipped; CI refuses that."""

import os
import shutil

import pytest

from forum.moderation import reason_templates
from tests.conftest import restore_groups
from tests.loaded_guide import bring_guide

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's sync API runs an event loop in this thread


def pytest_collection_modifyitems(items):
    here = [item for item in items if "/e2e/" in str(item.path)]
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
def _groups(transactional_db):
    restore_groups()
    reason_templates.begin()


@pytest.fixture
def site(transactional_db, live_server):
    bring_guide()
    return live_server.url


@pytest.fixture
def watched(page, site):
    """The page, with everything that the browser complained about or asked of another host."""
    page.complaints = []
    page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda r: page.complaints.append(r.url) if not r.url.startswith(site) else None)
    yield page
    assert page.complaints == []
