"""A search about a life in danger is answered with help and nothing else, in every search box of the public site."""

from pathlib import Path

import pytest
from django.urls import reverse

from core.yaml_text import load_yaml
from forum.triage.crisis_queries import is_crisis
from guide.models import DailyCount
from guide.pages.help_lines import numbers_of
from guide.text.crisis_words import is_crisis_query

QUERIES = load_yaml((Path(__file__).parents[1] / "guide/text/crisis_queries.yaml").read_text(encoding="utf-8"))
BOXES = {
    "guide": ("/search/", {}),
    "forum": ("/search/", {"in": "forum"}),
    "suggestions": ("/search/suggestions-fragment", {}),
}
LINKS = [reverse("help-now"), reverse("guide:article", args=["overdose"])]


@pytest.fixture
def rules(loaded_rules, db):
    """The starting triage rules."""


def answered(client, box, query):
    path, chosen = BOXES[box]
    html = client.get(path, {"q": query, **chosen}).content.decode()
    return html.split("<main")[1].split("</main>")[0] if "<main" in html else html


def shows_only_help(html):
    links = all(f'<li><a href="{link}">' in html for link in LINKS)
    numbers = 'href="tel:911"' in html and 'href="tel:988"' in html
    return links and numbers and not any(sign in html for sign in ("<mark", 'class="results', 'class="suggestions'))


def test_every_box_answers_a_crisis_query_with_help_alone(client, module_guide, rules):
    wrong = [
        (box, query)
        for box in BOXES
        for query in QUERIES["crisis"]
        if not shows_only_help(answered(client, box, query))
    ]
    assert wrong == []


def test_a_red_rule_decides_where_the_list_is_silent(client, module_guide, rules):
    query = "used heroin after missing my shot"
    assert (is_crisis_query(query), is_crisis(query)) == (False, True)
    assert shows_only_help(answered(client, "guide", query))


def test_near_words_are_searched_as_ever(rules):
    assert [query for query in QUERIES["ordinary"] + QUERIES["overdose_first"] if is_crisis(query)] == []


@pytest.mark.parametrize(
    "query", ["side effects", "dead tired", "killing cravings", "how to stop drinking", "missed dose"]
)
def test_an_ordinary_query_shows_results(client, module_guide, rules, query):
    assert (
        'class="results' in answered(client, "guide", query),
        "crisis-links" in answered(client, "guide", query),
    ) == (
        True,
        False,
    )


def test_a_query_about_overdose_shows_help_and_the_five_steps_first(client, module_guide, rules):
    pages = {query: answered(client, "guide", query) for query in QUERIES["overdose_first"]}
    late = {query for query, html in pages.items() if LINKS[1] not in html.split('class="results')[1].split("</li>")[0]}
    assert (late, {query for query, html in pages.items() if 'href="tel:911"' not in html}) == (set(), set())


def test_suggestions_for_a_query_about_overdose_begin_with_the_numbers_of_every_country(client, module_guide, rules):
    html = client.get("/search/suggestions-fragment", {"q": QUERIES["overdose_first"][0]}).content.decode()
    help_now = html.split('class="suggestions')[0]
    for number, countries in [*numbers_of("emergency"), *numbers_of("crisis")]:
        assert f'href="tel:{number.replace(" ", "")}"' in help_now, number
        assert ", ".join(countries) in help_now
    assert [link for link in LINKS if link not in help_now] == []


def test_a_crisis_query_is_neither_counted_nor_cached(client, module_guide, rules):
    answer = client.get("/search/", {"q": "painless way to die xyzzy"})
    assert "no-store" in answer["Cache-Control"]
    assert not DailyCount.objects.exists()


def test_what_was_typed_stays_in_the_box_and_out_of_the_title(client, module_guide, rules):
    html = client.get("/search/", {"q": "I can’t go on"}).content.decode()
    assert ('value="I can’t go on"' in html, "<title>Help now" in html) == (True, True)
