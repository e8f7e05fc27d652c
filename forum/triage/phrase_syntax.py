"""Staff's phrases: what a line of a rule stands for, and which lines would notice too much. A leaf."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from core.params import int_or_none
from forum.triage.tokenizer import fold

GAP, WIDEST_GAP, EITHER_ORDER = 3, 12, 8  # words
MOST_PLACES, MOST_CHOICES, MOST_VARIANTS, MOST_PHRASES = 12, 400, 96, 400
SHORTEST_STEM = 3  # letters
PAIR = 2  # a list's entry of two words is one place, read with its second word
TOO_BROAD = 3e-4  # matches by chance in each word of a text: one in some thirty ordinary posts
BROAD_EXCEPTION = 0.2  # it acts only near a match of its own rule
DETAILS = {"{email}", "{phone}", "{address}", "{handle}", "{link}"}
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
    """A phrase that cannot be read, or that would notice too much; the words are for whoever wrote it."""


@dataclass(frozen=True)
class Phrase:
    """`owner` is a rule's key. `places` are sets of words (word* for stems); `gaps[i]` words may stand before place i + 1."""

    owner: str
    text: str
    places: tuple[frozenset[str], ...]
    gaps: tuple[int, ...]
    exception: bool = False


def parse(line: str, lists: Mapping[str, Sequence[str]], owner: str = "", exception: bool = False) -> list[Phrase]:
    """All plain phrases that one line of a rule stands for. Raises PhraseError."""
    halves = line.split(" & ")
    if halves[2:]:
        raise PhraseError(f"“{line}”: “&” may stand once.")
    orders = [f" ...{EITHER_ORDER} ".join(order) for order in (halves, halves[::-1])][: len(halves)]
    found = [
        Phrase(owner, line, places, gaps, exception)
        for order in orders
        for places, gaps in _variants(order, line, lists)
    ]
    for phrase in found:
        _refuse_broad(phrase)
    return found


def _variants(
    text: str, line: str, lists: Mapping[str, Sequence[str]]
) -> Iterator[tuple[tuple[frozenset[str], ...], tuple[int, ...]]]:
    """A list's entries of several words make phrases of their own."""
    parts = text.replace("…", "...").split()
    choices = [[part] if _gap(part) is not None else _choices(part, line, lists) for part in parts]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MOST_VARIANTS:
        raise PhraseError(f"“{line}” stands for too many phrases; use fewer lists in it.")
    for chosen in product(*choices):
        yield _places(chosen, line)


def _choices(part: str, line: str, lists: Mapping[str, Sequence[str]]) -> list[frozenset[str] | list[frozenset[str]]]:
    single: set[str] = set()
    several: list[list[frozenset[str]]] = []
    for option in part.split("|"):
        if option in DETAILS:
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
    if len(single) > MOST_CHOICES:
        raise PhraseError(f"“{line}” has too many alternatives.")
    return ([frozenset(single)] if single else []) + several


def _word(raw: str, line: str) -> str:
    stem = raw.endswith("*")
    plain = fold(raw.removesuffix("*"))
    if not plain or not re.fullmatch(r"[\w'’@$]+\*?", raw):
        raise PhraseError(f"“{line}”: “{raw}” is no word. Use letters, digits and the signs named beside the field.")
    if stem and len(plain) < SHORTEST_STEM:
        raise PhraseError(
            f"“{line}”: “{raw}” would notice too many words; {SHORTEST_STEM} letters must stand before *."
        )
    return plain + "*" * stem


def _gap(part: str) -> int | None:
    if not part.startswith("..."):
        return None
    width = part[3:] or str(GAP)
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
            if gap < 1 or gap > WIDEST_GAP or not places:
                raise PhraseError(f"“{line}”: “{part}” must stand between words, and may be at most ...{WIDEST_GAP}.")
            continue
        for place in part if isinstance(part, list) else [part]:
            gaps += [gap] if places else []
            gap = 0
            places.append(place)
    if gap or not places:
        raise PhraseError(f"“{line}”: a phrase begins and ends with a word.")
    if len(places) > MOST_PLACES:
        raise PhraseError(f"“{line}” has more than {MOST_PLACES} words.")
    return tuple(places), tuple(gaps)


def _refuse_broad(phrase: Phrase) -> None:
    """By how often such words stand in such places by chance, for each word of a text."""
    chance = 1.0
    for place in phrase.places:
        chance *= min(sum(_chance(word) for word in place), 1)
    for gap in phrase.gaps:
        chance *= 1 + gap / 4
    if chance > (BROAD_EXCEPTION if phrase.exception else TOO_BROAD):
        raise PhraseError(
            f"“{phrase.text}” is too broad: it would notice too many posts. Add a word that says what is meant."
        )


def _chance(word: str) -> float:
    if " " in word:
        one, two = word.split()
        return _chance(one) * _chance(two)
    if word.endswith("*"):
        return {3: 2e-3, 4: 2e-4}.get(len(word) - 1, 5e-5)
    return 2e-2 if word in COMMON or len(word) == 1 else 2e-5
