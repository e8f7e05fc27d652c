from html import unescape

import pytest

from guide.models import SearchWord
from guide.search.correction import correct, trigrams
from guide.search.index import rebuild_index
from guide.search.query import marked, search, suggest

pytestmark = pytest.mark.usefixtures("module_guide", "db")

QUERIES = [
    ("history", "/guide/history/"),
    ("vivitrol", "/guide/glossary/#term-vivitrol"),
    ("LDN", "/guide/glossary/#term-low-dose-naltrexone"),
    ("subs", "/guide/glossary/#term-buprenorphine"),
    ("narcan", "/guide/glossary/#term-naloxone"),
    ("missed dose", "/guide/taking-it/"),
    ("late injection", "/guide/"),
    ("sinclair method", "/guide/targeted-use/"),
    ("pregnant", "/guide/pregnancy-and-breastfeeding/"),
    ("wallet card", "/guide/surgery-pain-and-emergencies/"),
    ("methadone", "/guide/naltrexone-and-methadone/"),
    ("AA", "/guide/support-groups/#group-aa"),
    ("how much does it cost", "/guide/costs/"),
    ("drug test", "/guide/faq/#drug-test"),
    ("travel", "/guide/faq/#travel"),
    ("suicide hotline", "/help-now/"),
    ("poison line", "/help-now/"),
    ("988", "/help-now/"),
    ("can i drink", "/guide/faq/"),
    ("kratom", "/guide/glossary/#term-kratom"),
    # misspelled
    ("naltraxone", "/guide/"),
    ("nausia", "/guide/side-effects/"),
    ("bupernorphine", "/guide/naltrexone-and-buprenorphine/"),
    ("disulfaram", "/guide/naltrexone-and-disulfiram/"),
    ("pregnent", "/guide/pregnancy-and-breastfeeding/"),
    ("injektion", "/guide/"),
]


@pytest.mark.parametrize(("query", "url"), QUERIES)
def test_a_search_finds_the_expected_page(query, url):
    assert any(entry.url.startswith(url) for entry in search(query).places[:5])


@pytest.mark.parametrize(
    "query",
    ["narcan", "naloxone", "Narcan spray", "overdose", "overdosing", "od", "OD’d", "not breathing", "he won't wake up"],
)
def test_the_steps_in_an_overdose_come_first(query):
    first, *others = search(query).entries
    assert (first.kind, first.url) == ("article", "/guide/overdose/")
    assert "Call your emergency number" in marked(first)
    assert first.pk not in [entry.pk for entry in others]


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ("percocet", "/guide/before-you-start/#painkillers-by-country"),
        ("co-codamol", "/guide/before-you-start/#painkillers-by-country"),
        ("imodium", "/guide/before-you-start/#coughs-colds-and-diarrhea"),
        ("sublocade", "/guide/before-you-start/#how-long-must-i-be-free-of-opioids"),
        ("can i take tylenol", "/guide/surgery-pain-and-emergencies/#which-painkillers-can-i-usually-take"),
        ("paracetamol", "/guide/surgery-pain-and-emergencies/#which-painkillers-can-i-usually-take"),
        ("rapid detox", "/guide/faq/#rapid-detox"),
    ],
)
def test_a_medicine_is_found_by_its_brand(query, url):
    answer = search(query)
    assert answer.corrected == ""
    assert url in [entry.url for entry in answer.places[:5]]


def test_a_misspelling_is_corrected_and_the_result_says_so():
    answer = search("naltraxone")
    assert answer.corrected == "naltrexone"
    assert answer.entries


def test_known_words_are_never_corrected():
    assert correct("naltrexone history") == ""


def test_accents_are_ignored():
    assert [e.pk for e in search("náltrexóne").entries] == [e.pk for e in search("naltrexone").entries]


def test_a_search_without_results_returns_none():
    assert search("zzzzqqqq xxyyzz").entries == []


@pytest.mark.parametrize(
    "query", ["", " ", "'", '"', "a & | ! ( )", "\x00", "%_\\", "x" * 5000, "<script>", ":*", "🙂"]
)
def test_any_input_is_a_valid_search(query):
    search(query)
    suggest(query)


def test_hits_are_marked_and_the_rest_is_escaped():
    entry = search("history").entries[0]
    entry.text, entry.headline = "<b>history</b>", "<b>\ue000history\ue001</b>"
    assert marked(entry) == "&lt;b&gt;<mark>history</mark>&lt;/b&gt;"


def test_suggestions_follow_the_letters_typed():
    assert any(e.title == "The history of naltrexone" for e in suggest("histo"))


def indexed_words():
    return sorted(SearchWord.objects.values_list("word", "uses", "trigrams"))


def test_the_index_can_be_rebuilt_at_any_time():
    assert rebuild_index() == rebuild_index() > 0


def test_words_follow_the_content():
    rebuild_index()
    built = indexed_words()
    SearchWord.objects.filter(word__startswith="a").delete()
    SearchWord.objects.filter(word__startswith="b").update(uses=9_999)
    SearchWord.objects.create(word="zzgone", uses=1, trigrams=trigrams("zzgone"))
    rebuild_index()
    assert indexed_words() == built


def test_words_that_did_not_change_are_not_written():
    rebuild_index()
    before = set(SearchWord.objects.values_list("pk", flat=True))
    rebuild_index()
    assert set(SearchWord.objects.values_list("pk", flat=True)) == before


def test_trigrams_include_the_ends_of_a_word():
    assert trigrams("ab") == ["  a", " ab", "ab "]


def test_the_results_page_shows_the_correction(client):
    html = client.get("/search/", {"q": "naltraxone"}).content.decode()
    assert "Showing results for <strong>naltrexone</strong>" in html
    assert client.get("/search/suggestions-fragment", {"q": "histo"}).status_code == 200


def test_no_results_show_where_to_start(client):
    html = client.get("/search/", {"q": "zzzzqqqq"}).content.decode()
    assert "No results for “zzzzqqqq”" in html
    assert "/guide/what-is-naltrexone/" in html


@pytest.mark.parametrize(
    ("query", "first"), [("can i drink", "question"), ("dopamine", "term"), ("can i drink on naltrexone", "question")]
)
def test_a_question_finds_an_answer_first_and_a_word_its_definition(query, first):
    assert search(query).places[0].kind == first


@pytest.mark.parametrize("query", ["makes", "knots", "waking", "shelf", "periods", "thinners", "bloating"])
def test_a_real_word_is_no_misspelling(query):
    assert correct(query) == ""


@pytest.mark.parametrize(
    ("typed", "word"),
    [("tierd", "tired"), ("percaset", "percocet"), ("withdrawl", "withdrawal"), ("naltexone", "naltrexone")],
)
def test_letters_may_be_swapped_changed_or_left_out(typed, word):
    assert correct(typed) == word


@pytest.mark.parametrize("query", ["weed", "son"])
def test_short_words_are_not_corrected(query):
    assert correct(query) == ""


def test_an_excerpt_shows_where_it_was_cut():
    texts = [(str(marked(e)), e) for e in search("liver").entries]
    assert any(text.startswith("… ") for text, _ in texts)
    for text, entry in texts:
        whole = text.replace("<mark>", "").replace("</mark>", "")
        assert whole.startswith("… ") or entry.text[:12] in unescape(whole)
