"""How well the search answers 60 searches that it was tuned on and 60 that it was not. Run with -s to see those it misses."""

from pathlib import Path

import pytest

from core.yaml_text import load_yaml
from guide.search.query import search

pytestmark = pytest.mark.usefixtures("module_guide", "db")

SETS = load_yaml((Path(__file__).parent / "queries.yaml").read_text(encoding="utf-8"))


def position(query, answers):
    """Return the place of the first right answer among all that are shown; None if it is not."""
    urls = [entry.url.removeprefix("/guide/") for entry in search(query).places]
    return next((place for place, url in enumerate(urls, 1) if any(_is_at(url, answer) for answer in answers)), None)


def _is_at(url, answer):
    """Match a section exactly, and a page with any of its sections."""
    return url == answer if "#" in answer else url.startswith(answer)


@pytest.mark.parametrize("name", ["tuned", "held_out"])
def test_most_searches_are_answered_first_and_nearly_all_in_the_top_three(name):
    places = {query: position(query, answers) for query, answers in SETS[name].items()}
    for query, place in places.items():
        if place != 1:
            print(place, query, [entry.url for entry in search(query).places[:3]])
    first = [query for query, place in places.items() if place == 1]
    top = [query for query, place in places.items() if place and place <= 3]
    print(name, len(first), len(top), "of", len(places))
    assert len(places) == 60
    assert len(first) >= 45
    assert len(top) >= 54
