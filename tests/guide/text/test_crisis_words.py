from pathlib import Path

import pytest

from core.yaml_text import load_yaml
from guide.text.crisis_words import is_crisis_query, may_be_in_danger

QUERIES = load_yaml((Path(__file__).parent / "crisis_queries.yaml").read_text(encoding="utf-8"))

DANGER = """i want to die
suicide
988
I can't go on
better off dead
kill myself
he won’t wake up
not breathing after fentanyl
overdose
took too many pills
blue lips
having a seizure
toddler swallowed my tablet
throat swelling after the shot
I don't want to be here""".splitlines()
OTHERS = """can i drink on naltrexone
die-cut card
deadline for the shot
wake up nauseous
how long until it works
breathing exercises
odd dreams
took one tablet too late
skilled nursing
diet and weight
blue pill
the end of treatment
does it help with sleep""".splitlines()


@pytest.mark.parametrize("text", DANGER)
def test_words_of_danger_are_detected(text):
    assert may_be_in_danger(text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_words_are_not_detected(text):
    assert not may_be_in_danger(text)


def test_the_list_knows_crisis_queries():
    assert [query for query in QUERIES["crisis"] if not is_crisis_query(query)] == []


def test_the_list_leaves_near_words_alone():
    assert [query for query in QUERIES["ordinary"] + QUERIES["overdose_first"] if is_crisis_query(query)] == []


def test_queries_about_overdose_bring_help_lines():
    assert [query for query in QUERIES["overdose_first"] if not may_be_in_danger(query)] == []


@pytest.mark.parametrize("text", ["I CAN’T GO ON!!", "  kill\n myself ", "quiero   morír", "I want to die."])
def test_case_signs_and_spaces_change_nothing(text):
    assert is_crisis_query(text)


def test_the_search_page_shows_help_lines_first(client, guide):
    html = client.get("/search/", {"q": "i want to die"}).content.decode()
    main = html[html.index("<main") :]
    assert (
        main.index('href="tel:988"') < main.index('class="results"')
        if 'class="results"' in main
        else 'href="tel:988"' in main
    )
    assert 'href="tel:911"' in client.get("/search/suggestions-fragment", {"q": "overdose"}).content.decode()
    assert (
        'href="tel:988"'
        not in client.get("/search/", {"q": "nausea"}).content.decode().split("<main")[1].split("</main>")[0]
    )


@pytest.mark.parametrize(("comment", "helped"), [("I want to kill myself", True), ("Too long.", False)])
def test_feedback_from_someone_in_danger_is_answered_with_help_lines(client, article, comment, helped):
    page = client.post("/guide/small/feedback/", {"helpful": "no", "comment": comment}, follow=True).content.decode()
    assert "The editors will read your feedback" in page
    assert ('href="tel:988"' in page.split("<main")[1].split("</main>")[0]) is helped
