"""The matcher finds what a plain search finds that tries each phrase at each word, without a prefilter and without bits."""

import json
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import pytest

from core.yaml_text import load_yaml
from forum.triage.matcher import FAR, NEAR, Machine
from forum.triage.phrase_syntax import parse
from forum.triage.tokenizer import tokenize

HERE = Path(__file__).parent
TRAINING = Path(__file__).resolve().parents[3] / "tools" / "triage_training"
STEP = 80  # of all posts one in so many, since the plain search is slow


def labelled_posts():
    """Posts of all files that the rules and the text model are measured by."""
    for path in sorted(HERE.glob("*.yaml")):
        content = load_yaml(path.read_text())
        rows = (
            content if isinstance(content, list) else [{"text": t} for r in content.values() for k in r for t in r[k]]
        )
        yield from [row["text"] for row in rows][::STEP]
    for path in sorted(TRAINING.glob("*.jsonl")):
        yield from [json.loads(line)["text"] for line in path.read_text().splitlines()][::STEP]


def plain_hits(machine, tokens):
    """All hits as (line, part's first and last word), by trying each phrase at each word."""
    at = defaultdict(list)
    for i, token in enumerate(tokens):
        for word in machine.reading(token)[0]:
            at[word].append((i, i))
    for i, (one, two) in enumerate(pairwise(tokens), 1):
        if two.slot - one.slot == 1:
            at[f"{one.word} {two.word}"].append((i - 1, i))
    parts = defaultdict(list)
    for phrase in machine.phrases:
        parts[phrase.owner, phrase.text, phrase.exception, phrase.part] += [
            (phrase, *span) for span in plain_spans(phrase, tokens, at)
        ]
    for (*line, part), hits in parts.items():
        if part <= 1:
            others = [parts[*line, n] for n in range(2, hits[0][0].parts + 1)] if hits else []
            yield from (hit for hit in hits if has_others(hit, others, tokens, at))


def has_others(hit, others, tokens, at):
    """Whether each other part has a match near the hit, and no two of all these matches have a word in common."""
    near = [[other for other in part if is_near(hit, other, tokens)] for part in others]
    return any(is_apart([hit, *chosen], tokens, at) for chosen in product(*near))


def is_apart(hits, tokens, at):
    words = [word for phrase, _, last in hits for word in plain_words(phrase, last, tokens, at)]
    return len(words) == len(set(words))


def plain_words(phrase, last, tokens, at):
    """The words of the match that ends at `last`: each place at the word nearest to the next place."""
    *before, place = phrase.places
    mine = {last} if any((last, last) in at.get(word, ()) for word in place) else {last - 1, last}
    if not before:
        return mine
    gap = phrase.gaps[len(before) - 1]
    ends = {end for _, end in plain_spans(replace(phrase, places=tuple(before)), tokens, at)}
    return mine | plain_words(
        replace(phrase, places=tuple(before)),
        max(end for end in ends if 1 <= tokens[last].slot - tokens[end].slot <= gap + 1),
        tokens,
        at,
    )


def plain_spans(phrase, tokens, at):
    """The shortest span for each word at which the phrase can end."""
    first_place = sorted((span for word in phrase.places[0] for span in at.get(word, ())), reverse=True)
    found = {last: first for first, last in first_place}
    for gap, place in zip(phrase.gaps, phrase.places[1:], strict=False):
        found = {
            end: max(starts)
            for word in place
            for _, end in at.get(word, ())
            if (
                starts := [
                    first for last, first in found.items() if 1 <= tokens[end].slot - tokens[last].slot <= gap + 1
                ]
            )
        }
    return [(first, last) for last, first in found.items()]


def is_near(hit, other, tokens):
    phrase, first, last = hit
    low, high = tokens[first].slot - phrase.together, tokens[last].slot + phrase.together
    return low <= tokens[other[2]].slot <= high


def spans(hits):
    return sorted({(p.owner, p.text, p.exception, first, last) for p, first, last in hits})


def test_it_finds_what_a_plain_search_finds_in_labelled_posts(rules):
    texts = list(labelled_posts())
    assert len(texts) >= 80
    assert [t for t in texts if not is_as_plain(rules.machine, t)] == []


def is_as_plain(machine, text):
    tokens = tokenize(text)
    return spans(machine.run(tokens)) == spans(plain_hits(machine, tokens))


@pytest.mark.parametrize("between", [0, 1, NEAR - 1, NEAR, NEAR + 1, 60, 61, FAR - 1, FAR, FAR + 1, 121])
@pytest.mark.parametrize(
    "line", ["red ...12 fox", "red && fox", "red & fox", "red|old ...12 fox|wolf ...12 dog", "fox && dog && red"]
)
def test_what_lies_between_blocks_of_words_is_found(line, between):
    machine = Machine(parse(line, {}))
    words = ["so"] * 250
    for start in range(40):
        words[start] = "red"
        words[start + between] = "fox"
        words[start + between + 13] = "dog"
        assert is_as_plain(machine, " ".join(words))
        words[start] = words[start + between] = words[start + between + 13] = "so"


@pytest.mark.parametrize(
    ("line", "text", "matches"),
    [
        ("red|fox && fox|dog", "the fox", False),
        ("red|fox && fox|dog", "the fox and the fox", True),
        ("red|fox && fox|dog", "red fox", True),
        ("fox && red|fox && dog|fox", "fox fox", False),
        ("fox && red|fox && dog|fox", "fox fox fox", True),
        ("fox|wolf && wolf|dog && fox|dog", "wolf dog fox", True),
        ("red ... fox && fox", "red old fox", False),
        ("red ... fox && old", "red old fox", True),
        ("red && {pair}", "red fox", False),
        ("red && {pair}", "red and red fox", True),
        ("{pair} && fox", "red fox", False),
        ("{pair} && red|hen", "red fox, hen", True),
    ],
)
def test_the_parts_of_a_line_have_words_of_their_own(line, text, matches):
    machine = Machine(parse(line, {"pair": ["red fox"]}))
    assert bool(list(machine.run(tokenize(text)))) is matches
    assert is_as_plain(machine, text)


def test_equal_lines_of_several_rules_are_looked_for_once():
    machine = Machine(
        [
            *parse("red ... fox", {}, "one"),
            *parse("red ... fox", {}, "two"),
            *parse("red && fox", {}, "one"),
            *parse("red && fox", {}, "two"),
        ]
    )
    assert len(machine.lines) == 2
    assert [(p.owner, p.text) for p, *_ in machine.run(tokenize("red old fox"))] == [
        ("one", "red ... fox"),
        ("two", "red ... fox"),
        ("one", "red && fox"),
        ("two", "red && fox"),
    ]


def test_no_word_of_the_starting_rules_is_read_as_a_misspelling_of_another(rules):
    """If this fails, add the words that it names to forum/content/rule_words.txt."""
    words = sorted(word for word in rules.machine.words if word.isalpha())
    tokens = [(word, token) for word in words for token in tokenize(word)]
    assert [word for word, token in tokens if _other_words(rules.machine.reading(token)[0], token)] == []


def _other_words(read_as, token):
    return [word for word in read_as if not word.endswith("*") and word not in token.forms]
