"""Phrase syntax: parse the lines of a rule, and refuse those that are too broad. Imports no models."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise, product
from math import prod

from core.params import int_or_none
from forum.triage.tokenizer import fold

DEFAULT_GAP, MAX_GAP, EITHER_ORDER_GAP = 3, 12, 8  # words
MAX_PLACES, MAX_CHOICES, MAX_VARIANTS, MAX_PHRASES, MAX_PARTS = 12, 400, 120, 2000, 4
MIN_STEM = 3  # letters
PAIR = 2  # a list entry of two words is one place, matched at its second word
TOO_BROAD = 3e-4  # expected chance matches per word of a text: one in about thirty ordinary posts
BROAD_EXCEPTION = 0.2  # exceptions apply only near a match of their own rule
TOGETHER, TOGETHER_CHANCE = 60, 16  # the parts of “a && b” may be so many words apart, those of “a &&20 b” 20
BROAD_PART = 0.15  # one part of “a && b”
_TOGETHER = re.compile(r" &&(\d{0,2}) ")
THEN = "+"  # between two places of which one or both have alternatives
_PLACE = re.compile(r"(?:\([^()]*\)|\S)+")
_BETWEEN_OPTIONS = re.compile(r"\|(?![^()]*\))")
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
    """`owner` is a rule's key; `places` are sets of words (word* for stems); up to `gaps[i]` words may precede place i + 1.

    “a && b && c” becomes phrases of part 1, 2 and 3. A match needs all `parts`, each in words of its own and
    within `together` words of the first.
    """

    owner: str
    text: str
    places: tuple[frozenset[str], ...]
    gaps: tuple[int, ...]
    exception: bool = False
    part: int = 0
    parts: int = 0
    together: int = TOGETHER


Places = tuple[tuple[frozenset[str], ...], tuple[int, ...]]
Choice = frozenset[str] | list[frozenset[str] | str]


class Parser:
    """Reads the lines of rules. What several lines have in common is read once."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self.lists = lists
        self.parts: dict[str, list[Places]] = {}
        self.choices: dict[str, list[Choice]] = {}

    def parse(self, line: str, owner: str = "", exception: bool = False) -> list[Phrase]:
        """Expand one line of a rule to plain phrases. Raise PhraseError."""
        try:
            parts, together = _parts(line)
            numbers = [i if parts[1:] else 0 for i in range(1, len(parts) + 1)]
            found = [
                Phrase(owner, line, places, gaps, exception, number, len(parts), together)
                for number, part in zip(numbers, parts, strict=True)
                for places, gaps in self._part(part)
            ]
        except PhraseError as error:
            raise PhraseError(f"“{line}”: {error}") from None
        _refuse_broad(found)
        return found

    def _part(self, part: str) -> list[Places]:
        if part not in self.parts:
            self.parts[part] = [places for order in _orders(part) for places in self._variants(order)]
        return self.parts[part]

    def _variants(self, text: str) -> Iterator[Places]:
        """Expand alternatives. List entries of several words become separate phrases."""
        words = _words(text.replace("…", "..."))
        choices: list[list[Choice | str]] = [[w] if _gap(w) is not None else [*self._choices(w)] for w in words]
        count = 1
        for choice in choices:
            count *= len(choice)
        if count > MAX_VARIANTS:
            raise PhraseError("This expands to too many phrases. Use fewer lists in it.")
        for chosen in product(*choices):
            yield _places(chosen)

    def _choices(self, word: str) -> list[Choice]:
        if word not in self.choices:
            self.choices[word] = self._read_choices(word)
        return self.choices[word]

    def _read_choices(self, word: str) -> list[Choice]:
        single: set[str] = set()
        several: list[Choice] = []
        for option in _options(word):
            if option in DETAILS | NUMBERS:
                single.add(option)
                continue
            named = re.fullmatch(r"\{([a-z-]+)\}", option)
            if named and named[1] not in self.lists:
                raise PhraseError(f"There is no list {option}.")
            for entry in self.lists[named[1]] if named else [option]:
                words = _words(entry)
                if len(words) == 1 and "|" not in entry:
                    single.add(_word(entry))
                elif len(words) == PAIR and not set("*|.") & set(entry):
                    single.add(" ".join(map(_word, words)))
                elif not words:
                    raise PhraseError(f"“{word}” has an empty alternative. Write words before and after each “|”.")
                else:
                    several.append([w if _gap(w) is not None else frozenset(map(_word, w.split("|"))) for w in words])
        if len(single) > MAX_CHOICES:
            raise PhraseError("This has too many alternatives.")
        return ([frozenset(single)] if single else []) + several


def parse(line: str, lists: Mapping[str, Sequence[str]], owner: str = "", exception: bool = False) -> list[Phrase]:
    """Expand one line of a rule to plain phrases. Raise PhraseError."""
    return Parser(lists).parse(line, owner, exception)


def _parts(line: str) -> tuple[list[str], int]:
    """The sides of “&&”, and how many words may be between them."""
    found = _TOGETHER.split(line)
    widths = {int(width or TOGETHER) for width in found[1::2]}
    if len(found[::2]) > MAX_PARTS or len(widths) > 1:
        raise PhraseError(f"Use “&&” up to {MAX_PARTS - 1} times, with the same number.")
    together = min(widths, default=TOGETHER)
    if not 1 <= together <= TOGETHER:
        raise PhraseError(f"At most &&{TOGETHER}.")
    return found[::2], together


def _words(text: str) -> list[str]:
    """The places and gaps of a text, without the “+” between places. Raise PhraseError where it has two readings."""
    words = _PLACE.findall(text)
    for one, two in pairwise(words):
        if THEN not in (one, two) and _is_unclear(one, two):
            raise PhraseError(
                f"“{one} {two}” can be read in two ways. Write “{one} {THEN} {two}” for a word of each side, one after the "
                f"other. Put an alternative of several words in parentheses: “{_joined(one, two)}”."
            )
    if [THEN] in (words[:1], words[-1:]):
        raise PhraseError(f"“{THEN}” must be between two words.")
    return [word for word in words if word != THEN]


def _is_unclear(one: str, two: str) -> bool:
    """Whether the space between two places may be meant as part of an alternative, as in “passed out|knocked out”."""
    if _gap(one) is not None or _gap(two) is not None:
        return False
    left, right = _options(one), _options(two)
    several = len(left) > 1, len(right) > 1
    return all(several) or (any(several) and not set(left).isdisjoint(right))


def _joined(one: str, two: str) -> str:
    """Two places read as one, with an alternative of two words: “a|(b c)|d” of “a|b c|d”."""
    left, right = _options(one), _options(two)
    return "|".join([*left[:-1], f"({left[-1]} {right[0]})", *right[1:]])


def _options(place: str) -> list[str]:
    """The alternatives of a place. One of several words is written in parentheses."""
    found = _BETWEEN_OPTIONS.split(place)
    return [option[1:-1] if option.startswith("(") and option.endswith(")") else option for option in found]


def _orders(text: str) -> list[str]:
    """Both orders of “a & b”, or the text itself."""
    sides = text.split(" & ")
    if sides[2:]:
        raise PhraseError("“&” can be used only once.")
    return [f" ...{EITHER_ORDER_GAP} ".join(order) for order in (sides, sides[::-1])][: len(sides)]


@cache
def _word(raw: str) -> str:
    stem = raw.endswith("*")
    plain = fold(raw.removesuffix("*"))
    if not plain or not re.fullmatch(r"[\w'’@$]+\*?", raw):
        raise PhraseError(f"“{raw}” isn’t a word. Use letters, digits and the signs listed below the field.")
    if stem and len(plain) < MIN_STEM:
        raise PhraseError(f"“{raw}” would match too many words. Put at least {MIN_STEM} letters before *.")
    return plain + "*" * stem


def _gap(part: str) -> int | None:
    if not part.startswith("..."):
        return None
    width = part[3:] or str(DEFAULT_GAP)
    found = int_or_none(width, digits=2)
    return -1 if found is None else found


def _places(chosen: Sequence[str | Choice]) -> Places:
    places: list[frozenset[str]] = []
    gaps: list[int] = []
    gap = 0
    for part in _flat(chosen):
        if isinstance(part, str):
            gap = _gap(part) or 0
            if gap < 1 or gap > MAX_GAP or not places:
                raise PhraseError(f"“{part}” must be between two words, and at most ...{MAX_GAP}.")
        else:
            gaps += [gap] if places else []
            gap = 0
            places.append(part)
    if gap or not places:
        raise PhraseError("A phrase must begin and end with a word.")
    if len(places) > MAX_PLACES:
        raise PhraseError(f"This has more than {MAX_PLACES} words.")
    return tuple(places), tuple(gaps)


def _flat(chosen: Sequence[str | Choice]) -> Iterator[str | frozenset[str]]:
    for part in chosen:
        if isinstance(part, list):
            yield from part
        else:
            yield part


def _refuse_broad(phrases: Sequence[Phrase]) -> None:
    """Raise PhraseError if the expected number of chance matches per word of text is too high."""
    first = phrases[0]
    by_part = [max(_expected(p) for p in phrases if p.part == part) for part in sorted({p.part for p in phrases})]
    near = TOGETHER_CHANCE * first.together / TOGETHER
    limit = BROAD_EXCEPTION if first.exception and not first.part else TOO_BROAD
    if prod(by_part) * near ** (len(by_part) - 1) > limit or (first.part and max(by_part) > BROAD_PART):
        raise PhraseError(f"“{first.text}” is too broad: it would match too many posts. Add a more specific word.")


def _expected(phrase: Phrase) -> float:
    chance = 1.0
    for place in phrase.places:
        chance *= chance_of_place(place)
    for gap in phrase.gaps:
        chance *= 1 + gap / 4
    return chance


@lru_cache(maxsize=4096)
def chance_of_place(place: frozenset[str]) -> float:
    return min(sum(map(_chance, place)), 1)


@lru_cache(maxsize=16384)
def _chance(word: str) -> float:
    if word in NUMBERS:
        return 1e-3
    if " " in word:
        one, two = word.split()
        return _chance(one) * _chance(two)
    if word.endswith("*"):
        return {3: 2e-3, 4: 2e-4}.get(len(word) - 1, 5e-5)
    return 2e-2 if word in COMMON or len(word) == 1 else 2e-5
