"""Sections of an article on another page: its own words, its sources, and nothing in place of a section that is gone."""

import pytest
from django.utils.html import strip_tags

from guide.models import Article
from guide.pages.excerpts import excerpts
from guide.pages.views import LATE_DOSES

pytestmark = pytest.mark.usefixtures("module_guide", "db")
SLUG, ANCHORS = LATE_DOSES


@pytest.fixture
def taking_it():
    return Article.objects.get(slug=SLUG)


def words(html):
    return "".join(strip_tags(html).split())


def test_the_late_dose_page_shows_the_articles_own_sections_with_sources(client, taking_it):
    sections, sources = excerpts(taking_it, ANCHORS)
    assert [section.title for section in sections] == [
        "I missed a dose of the tablets",
        "My injection is late",
        "Starting again after a gap",
    ]
    assert "Call the clinic today. The block is wearing off" in strip_tags(sections[1].html)
    assert "A late injection is no reason to stay away." in strip_tags(sections[1].html)
    page = client.get("/guide/your-notes/").content.decode()
    for section in sections:
        assert words(section.html) in words(page)
    assert {source.key for source in sources} >= {"S1", "S6", "S352"}
    assert all(f'id="source-{source.key}"' in page for source in sources)
    assert "Not yet reviewed by a clinician" in page


def test_a_section_that_is_gone_is_left_out(taking_it):
    assert [section.anchor for section in excerpts(taking_it, ["gone", ANCHORS[1]])[0]] == [ANCHORS[1]]
    assert excerpts(taking_it, ["gone"]) == ([], [])


def test_without_the_article_the_page_still_has_its_tools(client):
    Article.objects.filter(slug=SLUG).update(live_revision=None)
    page = client.get("/guide/your-notes/").content.decode()
    assert "Next dose or injection" in page
    assert "If a dose or an injection is late" not in page
