"""The header fits on every screen, with a long name, a badge, and text at 200 %; headings and text wait for no font."""

import pytest

from accounts.models import Notification
from tests.e2e.page_checks import faults_at

pytestmark = pytest.mark.usefixtures("site")
WIDTHS = (320, 360, 768, 1280)
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
OUTSIDE = """[...document.querySelectorAll('.site-header :is(a, summary, .unread)')].filter(each => {
  const box = each.getBoundingClientRect();
  return each.checkVisibility() && box.width > 1 && (box.left < 0 || box.right > innerWidth + 0.5);
}).map(each => each.textContent.trim())"""
SHIFT = """new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(entry => sum += entry.value))
    .observe({type: 'layout-shift', buffered: true});
  document.fonts.ready.then(() => setTimeout(() => done(sum), 300));
})"""


@pytest.fixture
def busy(maya):
    """A member with the longest name and more than 99 unread notifications."""
    maya.display_name = "W" * 40
    maya.save()
    Notification.objects.bulk_create(
        Notification(recipient=maya, kind="post_published", sentence="Your post was published.", url="/forum/")
        for _ in range(120)
    )
    return maya


@pytest.mark.parametrize("size", ["100%", "200%"])
@pytest.mark.parametrize("member", [True, False], ids=["member", "visitor"])
def test_the_header_fits(browse, busy, member, size):
    page = browse(busy if member else None)
    page.goto("/help-now/")
    page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 700})
        found.append((width, page.evaluate(TOO_WIDE), page.evaluate(OUTSIDE)))
    assert found == [(width, 0, []) for width in WIDTHS]
    if member:
        assert page.locator(".account-menu .unread").inner_text().startswith("99+")


@pytest.mark.parametrize("path", ["/", "/guide/how-it-works/"])
def test_the_page_does_not_move_when_fonts_arrive_late(browse, path):
    page = browse(viewport={"width": 360, "height": 740})
    page.route("**/*.woff2", lambda route: (page.wait_for_timeout(400), route.continue_()))
    page.goto(path)
    assert page.evaluate("document.fonts.size") >= 2
    assert page.evaluate(SHIFT) < 0.02  # words move within their line; lines stay


def test_axe_finds_nothing_on_the_home_page(browse, busy):
    assert [fault for who in (None, busy) for fault in faults_at(browse(who), "/")] == []
