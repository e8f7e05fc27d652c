"""How well the search answers readers' searches in ten rounds. Run with -s to see those it misses."""

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


def places_of(name):
    """Return the place of the right answer for each search of a round; print the searches that are not answered first."""
    places = {query: position(query, answers) for query, answers in SETS[name].items()}
    for query, place in places.items():
        if place != 1:
            print(place, query, [entry.url for entry in search(query).places[:3]])
    return list(places.values())


ROUNDS = [
    *[("tuned", 60), ("held_out", 60), ("round_3", 120), ("round_4", 58), ("round_5", 40)],
    *[(f"round_{number}", 120) for number in (6, 7, 8, 9)],
    ("round_10", 60),
]


@pytest.mark.parametrize(("name", "searches"), ROUNDS)
def test_most_searches_are_answered_first_and_nearly_all_in_the_top_three(name, searches):
    places = places_of(name)
    assert len(places) == searches
    assert sum(place == 1 for place in places) >= 0.75 * searches
    assert sum(place in (1, 2, 3) for place in places) >= 0.9 * searches
