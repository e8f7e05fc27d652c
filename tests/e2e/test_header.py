"""The header fits every member on every screen: a long name, a large badge, large text."""

import pytest

from accounts.models import Notification

pytestmark = pytest.mark.usefixtures("site")
PATHS = ["/", "/forum/", "/account/inbox/"]
FIT = """() => document.documentElement.scrollWidth <= window.innerWidth"""
SHOWN = """() => {
  const box = document.querySelector(".site-header .unread").getBoundingClientRect();
  return box.left >= 0 && box.right <= window.innerWidth && box.width > 0;
}"""


@pytest.mark.parametrize("size", ["100%", "200%"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_header_fits_the_longest_name_and_a_large_badge(browse, maya, width, size):
    maya.display_name = "Wintergreen Meadowlark Of The Far Hills 9"[:40]
    maya.save()
    rows = [Notification(recipient=maya, kind="account", sentence="News.", url="/account/") for _ in range(120)]
    Notification.objects.bulk_create(rows)
    page = browse(maya, viewport={"width": width, "height": 740})
    for path in PATHS:
        page.goto(path)
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        assert (path, page.evaluate(FIT), page.evaluate(SHOWN)) == (path, True, True)
        assert page.locator(".site-header .unread").inner_text().strip().startswith("99+")


@pytest.mark.parametrize("width", [320, 360, 768])
def test_a_visitors_header_fits_with_large_text(browse, width):
    page = browse(viewport={"width": width, "height": 740})
    page.goto("/")
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    assert page.evaluate(FIT)
    box = page.get_by_role("link", name="Log in").bounding_box()
    assert 0 <= box["x"] < box["x"] + box["width"] <= width
