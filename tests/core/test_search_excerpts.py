import pytest

from core.search_excerpts import CLOSE, OPEN, best_excerpt, first_sentences, mark_like, sentences


def hit(word):
    return f"{OPEN}{word}{CLOSE}"


LONG = "It is a medicine. " * 14


def test_an_excerpt_begins_at_the_sentence_with_most_of_the_words():
    text = f"{LONG}Take one {hit('tablet')} of 1,000 mg at a {hit('meal')}. {LONG.strip()}"
    assert best_excerpt(text).startswith(f"… Take one {hit('tablet')} of 1,000 mg at a {hit('meal')}. It is")
    assert best_excerpt(text).endswith("It is a medicine. …")


def test_an_excerpt_does_not_begin_with_a_sentence_that_only_points_elsewhere():
    text = "A drink has 14 grams of alcohol. A unit has eight. See " + hit("drinks") + " and units."
    assert best_excerpt(text, 40) == f"… A unit has eight. See {hit('drinks')} and units."


def test_a_whole_text_gets_no_dots():
    assert best_excerpt(f"Take {hit('50')} mg. Eat first.") == f"Take {hit('50')} mg. Eat first."


def test_a_sentence_without_end_is_cut_between_two_words():
    shown = best_excerpt(f"{hit('row')} " + "word " * 300)
    assert shown.endswith("word …")
    assert len(shown) < 500


def test_marks_are_moved_to_the_text_as_it_was_written():
    assert mark_like(f"say  {hit('flat')} , don't", "say “flat”, don’t") == f"say “{hit('flat')}”, don’t"


def test_a_headline_without_a_very_long_word_is_shown_as_it_is():
    assert mark_like(f"{hit('flat')} tire", f"flat {'x' * 2048} tire") == f"{hit('flat')} tire"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two? Three", ["One.", "Two?", "Three"]),
        ("Ask Dr. Okafor. She knows.", ["Ask Dr. Okafor.", "She knows."]),
        ("It is 2.5 mg, e.g. half. Then more.", ["It is 2.5 mg, e.g. half.", "Then more."]),
        ("", [""]),
    ],
)
def test_sentences(text, found):
    assert sentences(text) == found


def test_the_first_two_sentences_answer():
    assert first_sentences("No. Wait a week. Then ask.") == "No. Wait a week."
