import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from guide.dashboard.handbook import PICTURE, handbook
from guide.dashboard.panels import PANELS


def test_the_handbook_is_a_page_of_the_admin_with_its_pictures(client, elif_):
    client.force_login(elif_)
    html = client.get(reverse("admin:guide_handbook")).content.decode()
    assert '<a href="#the-dashboard">The dashboard</a>' in html
    assert '<h2 id="the-dashboard">' in html
    shown = re.findall(r'<img src="/static/(handbook/[^"]+)" alt="[^"]{10,}"', html)
    assert len(shown) >= 4
    assert [name for name in shown if not finders.find(name)] == []
    assert html.count("<h1") == 1
    assert reverse("admin:guide_handbook") in client.get(reverse("admin:index")).content.decode()


def test_the_handbook_describes_every_panel(root):
    text = (root / "docs" / "editors.md").read_text()
    assert [panel.title for panel in PANELS if f"| {panel.title} |" not in text] == []


def test_every_picture_is_small_and_used(root):
    named = {match[2] for match in PICTURE.finditer((root / "docs" / "editors.md").read_text())}
    named |= {match[2] for match in PICTURE.finditer((root / "docs" / "moderators.md").read_text())}
    named |= set(re.findall(r"\(docs/img/([a-z]+\.webp)\)", (root / "README.md").read_text()))
    there = {path.name: path.stat().st_size for path in (root / "docs" / "img").glob("*.webp")}
    assert named == set(there)
    assert max(there.values()) < 100_000


@pytest.mark.django_db
def test_text_and_pictures_are_in_order():
    pieces, headings = handbook()
    assert [bool(piece.picture) for piece in pieces[:3]] == [False, True, False]
    assert headings[0].text == "The dashboard"
