import re

import pytest
from django.urls import NoReverseMatch, reverse

from config.design_page import icons
from config.settings import base

# Components that show a reader's own data, or that other pages show whole.
ELSEWHERE = {
    "_account_menu.html",
    "_badge.html",
    "_best_answer.html",
    "_deletion_notice.html",
    "_fields_table.html",
    "_help_countries.html",
    "_icons.html",
    "_map.html",
    "_new_house_rules.html",
    "_passkey_error.html",
    "_passkey_scripts.html",
    "_results.html",
    "_sections.html",
    "_site_page.html",
    "_sources.html",
    "_suggestions.html",
    "_unsent_post.html",
    "_urgent_in_short.html",
}


@pytest.fixture
def shown(client, settings, article):
    settings.ROOT_URLCONF = "config.urls_dev"
    return client.get("/design/")


def test_the_page_is_only_there_in_development(client, settings, db):
    assert client.get("/design/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("design")
    settings.ROOT_URLCONF = "config.urls_dev"
    assert reverse("design") == "/design/"


def test_every_component_is_rendered_from_its_own_template(shown):
    components = {path.name for path in (base.ROOT / "templates" / "components").glob("_*.html")}
    rendered = {name.removeprefix("components/") for name in (each.name for each in shown.templates) if name}
    assert components - rendered - ELSEWHERE == set()


def test_every_icon_is_shown(shown):
    html = shown.content.decode()
    assert [name for name in icons() if not re.search(rf"</svg>\s*{name}</li>", html)] == []


def test_a_form_shows_each_error_in_its_summary_and_beside_its_field(shown):
    html = shown.content.decode()
    assert html.count("This field is required.") == 2 * 3
    assert '<a href="#sample_title">This field is required.</a>' in html
    assert 'id="sample_title_error"' in html
