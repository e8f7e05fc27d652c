"""Softening: detect matches that are negated, in the past, general or quoted. Imports no models; checks only nearby words."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from forum.triage.tokenizer import Token

NEGATORS = set(
    "not no never without isnt wasnt arent werent didnt dont doesnt havent hasnt hadnt wouldnt nor denies denied neither".split()
)
FALSE_NEGATORS = set(
    "joking kidding lying exaggerating only just sure know thought think care believe lie wait long".split()
)
PRESENT = set("now today tonight tonite still currently rn atm yesterday hoy ahora".split())
PRESENT_PAIRS = {("last", "night"), ("this", "morning"), ("this", "weekend"), ("this", "week"), ("right", "now")}
UNITS = set("year years yr yrs month months decade decades".split())
DECADES = set("60s 70s 80s 90s 1960s 1970s 1980s 1990s 2000s sixties seventies eighties nineties noughties".split())
GENERAL = {
    ("if", "someone"), ("if", "somebody"), ("if", "people"), ("in", "case"), ("used", "to"),
    ("signs", "of"), ("symptoms", "of"), ("risk", "of"), ("risks", "of"), ("can", "cause"), ("could", "cause"), ("may", "cause"),
    ("label", "says"), ("leaflet", "says"), ("label", "warns"), ("leaflet", "warns"), ("when", "someone"), ("when", "people"),
    ("i", "read"), ("we", "learned"), ("training", "on"), ("they", "teach"),
}  # fmt: skip
PAST = {("back", "then"), ("last", "year"), ("the", "past"), ("years", "back"), ("as", "teen")}
YEAR = re.compile(r"(in|of) (19|20)\S\S")
CITED = set(
    "lyric lyrics song songs chorus album band sings singing sang movie film novel poem quote track verse".split()
)


class Windows(NamedTuple):
    """How many words away a negation or a sign of the past softens a match (0: never), and whether quotations do."""

    negation: int
    past: int
    quotes: bool


def softened(tokens: Sequence[Token], first: int, last: int, windows: Windows, *, has_negator: bool) -> str:
    """Return “negated”, “past”, “quoted”, or an empty string if the match counts in full.

    `has_negator`: the phrase itself contains a “not”, so one between its words does not negate it.
    """
    end = tokens[last].clause
    inside = not has_negator and any(t.word in NEGATORS and t.clause == end for t in tokens[first + 1 : last])
    if windows.negation and (inside or _negated(tokens, first, windows.negation)):
        return "negated"
    if windows.past and _past(tokens, first, last, windows.past):
        return "past"
    if windows.quotes and _cited(tokens, first, last):
        return "quoted"
    return ""


def _negated(tokens: Sequence[Token], first: int, window: int) -> bool:
    """Whether “not” precedes the match in its clause. “Not joking, …” and “don't know if …” negate nothing."""
    for i in range(first - 1, max(first - 1 - window, -1), -1):
        if tokens[i].clause != tokens[first].clause:
            return False
        if tokens[i].word in NEGATORS:
            return not any(t.word in FALSE_NEGATORS for t in tokens[i + 1 : min(i + 4, first)])
    return False


def _past(tokens: Sequence[Token], first: int, last: int, window: int) -> bool:
    low, high = max(first - window, 0), min(last + window + 1, len(tokens))
    nearby = [
        t for t in tokens[low:high] if tokens[first].sentence == t.sentence or tokens[last].sentence == t.sentence
    ]
    words = [t.word for t in nearby]
    if _is_present(words):
        return False
    clauses = {tokens[first].clause, tokens[last].clause}
    in_clause = pairwise(t.word for t in nearby if t.clause in clauses)
    return bool(GENERAL & set(in_clause)) or any(_is_past(words, i) for i in range(len(words)))


def _is_present(words: Sequence[str]) -> bool:
    return bool(PRESENT & set(words) or PRESENT_PAIRS & set(pairwise(words)))


def _is_past(words: Sequence[str], i: int) -> bool:
    word, pair = words[i], tuple(words[i : i + 2])
    if word == "ago":
        return bool(UNITS & set(words[max(i - 2, 0) : i]))
    if words[i : i + 2] == ["in", "the"] and i + 2 < len(words) and words[i + 2] in DECADES:
        return True
    year = bool(YEAR.fullmatch(" ".join(pair)))
    return year or pair in PAST or tuple(words[i : i + 3]) == ("when", "i", "was")


def _cited(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether the match is in a quotation, or lyrics or a film are named near it. “… and now” is about today."""
    if tokens[first].quoted:
        return True
    nearby = [t for t in tokens[max(first - 15, 0) : last + 16] if abs(t.sentence - tokens[first].sentence) <= 1]
    return any(t.word in CITED for t in nearby) and not _is_present([t.word for t in nearby])
