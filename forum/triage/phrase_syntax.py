"""Phrase syntax: parse the lines of a rule, and refuse those that are too broad. Imports no models."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from core.params import int_or_none
from forum.triage.tokenizer import fold

DEFAULT_GAP, MAX_GAP, EITHER_ORDER_GAP = 3, 12, 8  # words
MAX_PLACES, MAX_CHOICES, MAX_VARIANTS, MAX_PHRASES = 12, 400, 96, 900
MIN_STEM = 3  # letters
PAIR = 2  # a list entry of two words is one place, matched at its second word
TOO_BROAD = 3e-4  # expected chance matches per word of a text: one in about thirty ordinary posts
BROAD_EXCEPTION = 0.2  # exceptions apply only near a match of their own rule
TOGETHER, TOGETHER_CHANCE = 60, 16  # the two halves of “a && b” may be so many words apart
BROAD_HALF = 0.05  # one half of “a && b”
DETAILS = {"{email}", "{phone}", "{address}", "{handle}", "{link}"}
NUMBERS = {"{count}", "{dose}"}
COMMON = frozenset(
    fold(word)
    for word in """a about after all also am an and any are as at be been but by can could day did do does for from get go
    going got had has have he help her here him his how i if i'm i've in is it it's just know like life me more my need no not now
    of off on one or out people pills really she should so some take taking that the their them then there they thing think this
    time to today too took up us very want was we well were what when where who why will with would you your
    naltrexone nal vivitrol ldn shot pill pills dose meds medicine tablet day days drink drinking alcohol
    month months week weeks""".split()
)


class PhraseError(ValueError):
    """A phrase is invalid or too broad. The message is shown to whoever wrote it."""


@dataclass(frozen=True)
class Phrase:
    """`owner` is a rule's key; `places` are sets of words (word* for stems); up to `gaps[i]` words may precede place i + 1."""

    owner: str
    text: str
    places: tuple[frozenset[str], ...]
    gaps: tuple[int, ...]
    exception: bool = False
    half: int = 0  # of “a && b”: 1 or 2; a match needs both


def parse(line: str, lists: Mapping[str, Sequence[str]], owner: str = "", exception: bool = False) -> list[Phrase]:
    """Expand one line of a rule to plain phrases. Raise PhraseError."""
    halves = line.split(" && ")
    if halves[2:]:
        raise PhraseError(f"“{line}”: “&&” can be used only once.")
    found = [
        Phrase(owner, line, places, gaps, exception, number if halves[1:] else 0)
        for number, half in enumerate(halves, 1)
        for order in _orders(half, line)
        for places, gaps in _variants(order, line, lists)
    ]
    _refuse_broad(found)
    return found


def _orders(text: str, line: str) -> list[str]:
    """Both orders of “a & b”, or the text itself."""
    sides = text.split(" & ")
    if sides[2:]:
        raise PhraseError(f"“{line}”: “&” can be used only once.")
    return [f" ...{EITHER_ORDER_GAP} ".join(order) for order in (sides, sides[::-1])][: len(sides)]


def _variants(
    text: str, line: str, lists: Mapping[str, Sequence[str]]
) -> Iterator[tuple[tuple[frozenset[str], ...], tuple[int, ...]]]:
    """Expand alternatives. List entries of several words become separate phrases."""
    parts = text.replace("…", "...").split()
    choices = [[part] if _gap(part) is not None else _choices(part, line, lists) for part in parts]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MAX_VARIANTS:
        raise PhraseError(f"“{line}” expands to too many phrases. Use fewer lists in it.")
    for chosen in product(*choices):
        yield _places(chosen, line)


def _choices(part: str, line: str, lists: Mapping[str, Sequence[str]]) -> list[frozenset[str] | list[frozenset[str]]]:
    single: set[str] = set()
    several: list[list[frozenset[str]]] = []
    for option in part.split("|"):
        if option in DETAILS | NUMBERS:
            single.add(option)
            continue
        named = re.fullmatch(r"\{([a-z-]+)\}", option)
        if named and named[1] not in lists:
            raise PhraseError(f"“{line}”: there is no list {option}.")
        for entry in lists[named[1]] if named else [option]:
            words = [_word(w, line) for w in entry.split()]
            if len(words) == 1 or (len(words) == PAIR and not entry.count("*")):
                single.add(" ".join(words))
            elif words:
                several.append([frozenset([w]) for w in words])
    if len(single) > MAX_CHOICES:
        raise PhraseError(f"“{line}” has too many alternatives.")
    return ([frozenset(single)] if single else []) + several


def _word(raw: str, line: str) -> str:
    stem = raw.endswith("*")
    plain = fold(raw.removesuffix("*"))
    if not plain or not re.fullmatch(r"[\w'’@$]+\*?", raw):
        raise PhraseError(f"“{line}”: “{raw}” isn’t a word. Use letters, digits and the signs listed below the field.")
    if stem and len(plain) < MIN_STEM:
        raise PhraseError(f"“{line}”: “{raw}” would match too many words. Put at least {MIN_STEM} letters before *.")
    return plain + "*" * stem


def _gap(part: str) -> int | None:
    if not part.startswith("..."):
        return None
    width = part[3:] or str(DEFAULT_GAP)
    found = int_or_none(width, digits=2)
    return -1 if found is None else found


def _places(
    chosen: Sequence[str | frozenset[str] | list[frozenset[str]]], line: str
) -> tuple[tuple[frozenset[str], ...], tuple[int, ...]]:
    places: list[frozenset[str]] = []
    gaps: list[int] = []
    gap = 0
    for part in chosen:
        if isinstance(part, str):
            gap = _gap(part) or 0
            if gap < 1 or gap > MAX_GAP or not places:
                raise PhraseError(f"“{line}”: “{part}” must be between two words, and at most ...{MAX_GAP}.")
            continue
        for place in part if isinstance(part, list) else [part]:
            gaps += [gap] if places else []
            gap = 0
            places.append(place)
    if gap or not places:
        raise PhraseError(f"“{line}”: a phrase must begin and end with a word.")
    if len(places) > MAX_PLACES:
        raise PhraseError(f"“{line}” has more than {MAX_PLACES} words.")
    return tuple(places), tuple(gaps)


def _refuse_broad(phrases: Sequence[Phrase]) -> None:
    """Raise PhraseError if the expected number of chance matches per word of text is too high."""
    halves = [max((_expected(p) for p in phrases if p.half == half), default=0.0) for half in (1, 2)]
    if any(halves):
        too_broad = halves[0] * halves[1] * TOGETHER_CHANCE > TOO_BROAD or max(halves) > BROAD_HALF
    else:
        too_broad = any(_expected(p) > (BROAD_EXCEPTION if p.exception else TOO_BROAD) for p in phrases)
    if too_broad:
        raise PhraseError(f"“{phrases[0].text}” is too broad: it would match too many posts. Add a more specific word.")


def _expected(phrase: Phrase) -> float:
    chance = 1.0
    for place in phrase.places:
        chance *= min(sum(_chance(word) for word in place), 1)
    for gap in phrase.gaps:
        chance *= 1 + gap / 4
    return chance


def _chance(word: str) -> float:
    if word in NUMBERS:
        return 1e-3
    if " " in word:
        one, two = word.split()
        return _chance(one) * _chance(two)
    if word.endswith("*"):
        return {3: 2e-3, 4: 2e-4}.get(len(word) - 1, 5e-5)
    return 2e-2 if word in COMMON or len(word) == 1 else 2e-5
