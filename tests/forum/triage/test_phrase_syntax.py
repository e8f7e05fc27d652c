import sys
from pathlib import Path

import pytest

from core.yaml_text import load_yaml
from forum.triage.matcher import Machine
from forum.triage.phrase_syntax import Parser, PhraseError, parse
from forum.triage.tokenizer import tokenize
from tests.forum.triage.many_rules import many_rules

HOSTILE = [
    "i ",
    "took nal ",
    "took the whole bottle of pills not ",
    "$u1c1d3@ ",
    "@",
    "a.b@c.",
    "1-",
    "f e n t ",
    "12 Aa ",
    "\u200d",
    "[](",
]


@pytest.fixture(scope="module")
def rules():
    return many_rules(100)


def found(phrase, text, lists=None):
    tokens = tokenize(text)
    hits = sorted((first, last) for _, first, last in Machine(parse(phrase, lists or {})).run(tokens))
    return [text[tokens[first].start : tokens[last].end] for first, last in hits]


@pytest.mark.parametrize(
    ("phrase", "text", "spans"),
    [
        ("red fox", "a red fox, a red old fox", ["red fox"]),
        ("red ... fox", "a red old fox", ["red old fox"]),
        ("red ...2 fox", "red very old grey fox", []),
        ("red ...3 fox", "red very old grey fox", ["red very old grey fox"]),
        ("red|grey fox*", "grey foxes and red foxglove", ["grey foxes", "red foxglove"]),
        ("red + fox", "a red fox", ["red fox"]),
        ("red|grey + fox|wolf", "red wolf, grey fox, wolf, fox", ["red wolf", "grey fox"]),
        ("wolf|(red fox)|owl", "wolf, red fox, fox, red owl", ["wolf", "red fox", "owl"]),
        (
            "the wolf|(red ... fox) ran",
            "the wolf ran, the red old fox ran, the fox ran",
            ["the wolf ran", "the red old fox ran"],
        ),
        ("wolf & fox", "a fox then a wolf then a fox", ["fox then a wolf", "wolf then a fox"]),
        ("red ... fox", "red red fox", ["red fox"]),
        ("red fox", "It is red. Fox ran.", []),
        ("red ... fox", "It is red. Fox ran.", ["red. Fox"]),
    ],
)
def test_what_a_phrase_finds(phrase, text, spans):
    assert found(phrase, text) == spans


@pytest.mark.parametrize(
    ("phrase", "problem"),
    [
        (
            "river|train line|tracks",
            "“river|train line|tracks” can be read in two ways. Write “river|train + line|tracks”",
        ),
        ("river|train line|tracks", "in parentheses: “river|(train line)|tracks”."),
        ("passed out|knocked out", "“out|knocked out” can be read in two ways"),
        ("{thing}|blue not|never", "“{thing}|blue not|never” can be read in two ways"),
        ("{other} hurts", "“red|blue cat|dog” can be read in two ways"),
        ("+ fox", "“+” must be between two words."),
        ("fox +", "“+” must be between two words."),
        ("fox || wolf", "“||” has an empty alternative."),
        ("fox| wolf", "“fox|” has an empty alternative."),
        ("red|(big fox", "“(big” isn’t a word."),
    ],
)
def test_a_line_with_two_readings_is_refused_and_both_are_shown(phrase, problem):
    with pytest.raises(PhraseError) as refused:
        parse(phrase, {"thing": ["fox"], "other": ["red|blue cat|dog"]})
    assert problem in str(refused.value)
    assert str(refused.value).startswith(f"“{phrase}”: ")


def test_list_entries_match_with_several_words_or_one_wrong_letter():
    lists = {"thing": ["naltrexone", "revia", "the purple shot"]}
    text = "naltrexoone hurts, naltrexxone hurts, the purple shot hurts, naloxone hurts"
    assert found("{thing} hurts", text, lists) == ["naltrexoone hurts", "naltrexxone hurts", "the purple shot hurts"]


def test_a_word_is_no_misspelling_of_what_it_would_be_with_a_g():
    assert found("raping", "The rain fell") == []
    assert found("shaking", "He was shakin") == ["shakin"]


def test_several_parts_have_the_span_of_the_first_and_need_the_others():
    assert found("fox && hound", "A fox, a red fox") == []
    assert found("fox && hound", "A fox, a hound, a fox") == ["fox", "fox"]


def test_an_entry_of_two_words_counts_as_one_place():
    lists = {"thing": ["the shot", "revia"]}
    assert found("red ...2 {thing} hurts", "red is the shot hurts, red the. Shot hurts", lists) == [
        "red is the shot hurts"
    ]
    assert found("{thing} hurts", "so the shot hurts", lists) == ["the shot hurts"]


def test_list_entries_may_be_phrases_with_gaps_and_alternatives():
    lists = {"thing": ["fed|gave ...3 cat|dog", "fox"]}
    text = "I fed the old dog twice. I gave a cat twice. The fox twice."
    assert found("{thing} twice", text, lists) == ["fed the old dog twice", "gave a cat twice", "fox twice"]


def test_a_part_of_several_lines_is_read_once():
    parser = Parser({"thing": ["fox", "the old wolf"]})
    first = parser.parse("red && {thing}")
    assert parser.parse("grey && {thing}")[1:] != first[1:]
    assert parser.parts["{thing}"] == [(p.places, p.gaps) for p in first if p.part == 2]


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_work_grows_linearly_with_the_text(rules, piece):
    """Measured in tokens and hits, not in seconds."""
    half, whole = (tokenize((piece * 10_000)[:size]) for size in (5000, 10_000))
    hits = [sum(1 for _ in rules.machine.run(tokens)) for tokens in (half, whole)]
    assert hits[1] <= 2 * hits[0] + 50
    assert len(whole) <= 2 * len(half) + 2


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("dyin", "dying"), ("tn", "tonight"), ("dnt", "dont"), ("gona", "gonna"), ("hubby", "husband"), ("u", "you")],
)
def test_shortened_spellings_are_read_as_the_word(typed, meant):
    assert found(f"red {meant}", f"red {typed}") == [f"red {typed}"]


@pytest.mark.parametrize("piece", [*HOSTILE, "not suicidal kill myself ", "took 30 pills ", "myeslf sucidial "])
def test_the_work_of_exceptions_and_halves_grows_with_the_text_and_not_faster(rules, piece):
    """Counted in calls of functions, not in seconds."""
    calls = [count_calls(lambda text=(piece * 10_000)[:size]: rules.find({"body": text})) for size in (2500, 5000)]
    assert calls[1] <= 2.2 * calls[0] + 500


def test_twice_as_many_rules_about_something_else_cost_little(rules):
    """Counted in calls of functions, not in seconds."""
    text = " ".join(post["text"] for post in load_yaml((Path(__file__).parent / "reviews.yaml").read_text()))[:5000]
    few, many = many_rules(45), rules
    calls = []
    for each in (few, many):
        each.find({"body": text})  # what is read once
        calls.append(count_calls(lambda each=each: each.find({"body": text})))
    assert len(many.machine.phrases) > 2 * len(few.machine.phrases)
    assert calls[1] <= 1.5 * calls[0]


def count_calls(work):
    calls = 0

    def trace(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(trace)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls
