"""What a search of the guide shows, and in which order."""

from collections import defaultdict

import pytest

from guide.models import BestAnswer, BestAnswerSearch, SearchEntry
from guide.search.query import FIRST, WHOLE, marked, opening, search
from guide.search.vocabulary import Vocabulary

pytestmark = pytest.mark.usefixtures("module_guide", "db")


def urls(query):
    return [entry.url for entry in search(query).places]


def test_every_best_answer_is_a_place_of_the_guide():
    addresses = set(BestAnswer.objects.values_list("address", flat=True))
    assert addresses - set(SearchEntry.objects.values_list("url", flat=True)) == set()
    assert len(addresses) >= 80


def test_no_search_has_two_best_answers():
    """Without endings and order, "take tablets" and "a tablet to take" are the same search."""
    answers = defaultdict(set)
    for row in BestAnswerSearch.objects.select_related("answer"):
        answers[tuple(row.words)].add(row.answer.address)
    assert {lexemes: found for lexemes, found in answers.items() if len(found) > 1} == {}


@pytest.mark.parametrize("query", ["yellow eyes", "jaundice", "dark pee"])
def test_signs_of_liver_trouble_lead_to_what_to_do_the_same_day(query):
    assert urls(query)[0] == "/guide/side-effects/#liver"


def test_withdrawal_alone_does_not_lead_to_the_answer_that_there_is_none():
    assert "/guide/faq/#is-it-addictive" not in urls("withdrawal")[:3]
    assert urls("withdrawal when coming off naltrexone")[0] == "/guide/faq/#is-it-addictive"


@pytest.mark.parametrize("query", ["how do I use narcan", "should I give naloxone", "using a nyxoid"])
def test_how_to_give_naloxone_leads_to_the_steps(query):
    assert urls(query)[0] == "/guide/overdose/"


@pytest.mark.parametrize("amount", ["5", "five", "50mg", "50 mg"])
def test_an_amount_hides_no_answer(amount):
    assert (
        urls(f"{amount} percocet days ago can I start")[0]
        == "/guide/before-you-start/#how-long-must-i-be-free-of-opioids"
    )


def test_a_best_answer_is_shown_once_with_its_first_two_sentences():
    result = search("what if I miss a pill")
    assert result.best.url == "/guide/faq/#missed-tablet"
    assert result.best.pk not in [entry.pk for entry in result.entries]
    assert result.best.text.startswith(opening(result.best))
    assert opening(result.best).count(".") == 2


def test_a_best_answer_leaves_out_nothing_that_matters():
    assert search("side effects").best.url == "/guide/faq/#common-side-effects"
    assert search("side effects of disulfiram").best.url.startswith("/guide/naltrexone-and-disulfiram/")
    assert search("my boyfriend missed his court date and his parole hearing").best is None


def test_entries_with_all_words_come_before_those_with_some():
    result = search("tests of the liver")
    shares = [entry.share >= WHOLE for entry in result.entries]
    assert shares == sorted(shares, reverse=True)
    assert 0 < result.exact == sum(shares)


@pytest.mark.parametrize(
    ("typed", "guide"),
    [("jab", "injection"), ("xannies", "benzodiazepine"), ("tsm", "sinclair method"), ("Percs", "percs")],
)
def test_slang_means_the_words_of_the_guide(typed, guide):
    assert urls(typed)[:3] == urls(guide)[:3] or guide in [t.canonical for t in Vocabulary().terms(typed)]
    assert urls(typed) != []


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("crohn's", "crohn’s"),
        ("long-acting", "long acting"),
        ("opioid-free", "opioid free"),
        ("“drug test”", "drug test"),
        ("drink–drive", "drink drive"),
        ("Café", "cafe"),
    ],
)
def test_marks_make_no_difference(typed, same):
    assert urls(typed) == urls(same)
    assert search("crohn's").places != []


def test_words_of_asking_decide_only_between_similar_searches():
    assert urls("please tell me how can I get the liver")[:3] == urls("liver")[:3]
    assert urls("how to get vivitrol")[0] != urls("what is vivitrol")[0]


def test_a_question_is_answered_though_it_is_asked_in_other_words():
    assert search("ive been sick all day since that first tablet").best.url == "/guide/faq/#common-side-effects"


@pytest.mark.parametrize(
    ("query", "answer"),
    [("my nan is 82 and drinks", "older people"), ("he turned 16 and drinks", "teenagers"), ("is 50 mg enough", None)],
)
def test_an_age_means_what_the_guide_calls_people_of_that_age(query, answer):
    meanings = {term.canonical for term in Vocabulary().terms(query)} & {"older people", "teenagers"}
    assert meanings == ({answer} if answer else set())


@pytest.mark.parametrize(
    "query", ["can I take my usual heroin dose now I'm off naltrexone", "how much heroin after vivitrol"]
)
def test_using_again_after_naltrexone_leads_to_the_danger(query):
    assert search(query).best.url == "/guide/side-effects/#overdose"


@pytest.mark.parametrize(
    "query", ["zingflat", "weather tomorrow", "mortgage calculator", "football scores", "cheap flights to spain"]
)
def test_nothing_off_topic_pretends_to_be_an_answer(query):
    assert search(query).places == []


@pytest.mark.parametrize("query", ["is my boyfriend cheating", "my cat is sick", "my dog ate grass"])
def test_what_the_guide_has_no_word_for_gets_no_best_answer(query):
    assert search(query).best is None


@pytest.mark.parametrize(
    "query", ["puedo tomar vino", "¿cuánto tiempo hay que tomar naltrexona?", "efectos secundarios"]
)
def test_spanish_words_lead_to_the_spanish_page(query):
    result = search(query)
    assert (result.best.url, result.best.language, result.corrected) == ("/guide/en-espanol/", "es", "")


def test_an_excerpt_begins_at_a_sentence():
    for entry in search("liver").entries:
        first = marked(entry).removeprefix("… ").replace("<mark>", "")[:1]
        assert not first.islower()


def test_the_page_shows_the_best_answer_then_eight_results_then_more(client):
    page = client.get("/search/", {"q": "alcohol"}).content.decode()
    everything = client.get("/search/", {"q": "alcohol", "all": "1"}).content.decode()
    best = page.split('class="best-answer"')[1].split("</section>")[0]
    assert '<a href="/guide/faq/#can-i-drink-on-it">' in best
    assert (page.count("<mark>") > 0, "more results</a>" in page, "more results</a>" in everything) == (
        True,
        True,
        False,
    )
    assert shown(page) == FIRST < shown(everything)


def shown(page):
    return sum(part.split("</ol>")[0].count("<p>") for part in page.split('<ol class="results">')[1:])


def test_results_in_spanish_say_so(client):
    page = client.get("/search/", {"q": "efectos secundarios"}).content.decode()
    assert '<a href="/guide/en-espanol/" lang="es">' in page
