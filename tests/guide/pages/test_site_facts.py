"""Facts that the site fills into pages about itself."""

import re

import pytest

from guide.models import SitePage
from guide.pages.site_facts import NAME, all_facts, fill_facts
from guide.pages.site_pages import from_file, site_html


def test_facts_are_the_values_of_the_code(settings):
    settings.SITE_NAME = "<Ours>"
    assert fill_facts("{site-name}: {deletion-days}, {question-code-days}, {no-such}, {Deletion}") == (
        "&lt;Ours&gt;: 14, 90, {no-such}, {Deletion}"
    )


def test_every_fact_is_stated_on_a_page_and_every_name_is_known():
    stated = {name for slug in SitePage.Slug.values for name in NAME.findall(from_file(slug).body)}
    assert stated == set(all_facts())


@pytest.mark.parametrize("slug", SitePage.Slug.values)
def test_pages_have_no_name_left_in_braces(slug, db):
    assert re.search(r"[{}]", site_html(from_file(slug).body)) is None


def test_the_privacy_page_says_the_numbers(db):
    html = site_html(from_file("privacy").body)
    assert "after 90 days" in html
    assert "stay logged in for 30 days" in html
    assert "We erase your account after 14 days" in html
