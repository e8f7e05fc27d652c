"""Matcher: find all phrases of all rules in a text. Imports no models.

It has two steps. A prefilter finds the lines whose rarest places occur near each other: each few words of the text have one
integer, with a bit for each such place. Then each place of these lines becomes an integer with a bit for each word of the text,
and shifting it finds what follows within a gap. No regular expression written by staff is run.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, reduce
from itertools import chain, pairwise
from operator import or_
from pathlib import Path
from typing import NamedTuple

from forum.triage.phrase_syntax import MIN_STEM, Phrase, chance_of_place
from forum.triage.tokenizer import Token

MAX_CACHED = 2000  # readings of words: 30 MB with 500 rules, 3 MB with 50
KEYS = 4  # places of a line that are looked for first
NEAR, FAR = 16, 96  # words in a block; two neighboring blocks hold a match that is one word longer
FUZZY_LENGTH = 6  # words with at least so many letters match with one letter missing, added or wrong, or two swapped
CONTENT = Path(__file__).resolve().parents[1] / "content"
ORDINARY_WORDS, RULE_WORDS = CONTENT / "ordinary_words.txt", CONTENT / "rule_words.txt"
Hit = tuple[Phrase, int, int]
Place = frozenset[str]
Shape = tuple[tuple[Place, ...], tuple[int, ...]]
Same = list[Phrase]  # with the same places and gaps


class Line(NamedTuple):
    """What is looked for at once: the variants of each part of “a && b”, or one phrase. Equal lines of several rules are one."""

    parts: list[list[Same]]
    together: int

    @property
    def length(self) -> int:
        """How many slots a match can have, with its other parts."""
        lengths = [max(_length(same[0]) for same in part) for part in self.parts]
        return sum(lengths) + self.together * min(len(self.parts) - 1, 2)

    @property
    def keys(self) -> list[Place]:
        """Places without which the line can't match, rarest first; of “a && b”, one for each part, joined over its variants."""
        if self.parts[1:]:
            places = [frozenset(word for same in part for word in _rarest(same[0])) for part in self.parts]
        else:
            places = list(dict.fromkeys(self.parts[0][0][0].places))
        return sorted(places, key=chance_of_place)


class Machine:
    """Compiled phrases; can be run on any number of texts."""

    def __init__(self, phrases: list[Phrase]) -> None:
        self.phrases = phrases
        self.lines = _lines(phrases)
        self.words = {word for phrase in phrases for place in phrase.places for word in place}
        self.near: dict[str, list[str]] = {}
        for word in self.words:
            for less in _shorter(word):
                self.near.setdefault(less, []).append(word)
        self.readings: dict[frozenset[str], tuple[tuple[str, ...], int]] = {}
        self._assign_bits()

    def _assign_bits(self) -> None:
        """Give each line a bit for each of its keys; a line with fewer keys has the others always."""
        size = len(self.lines)
        self.bits_of: dict[str, list[int]] = {}
        given, short = [], []
        for number, line in enumerate(self.lines):
            length = line.length
            short += [number] if length <= NEAR + 1 else []
            keys = line.keys[: KEYS if length <= FAR + 1 else 1]
            for column, key in enumerate(keys):
                for word in key:
                    self.bits_of.setdefault(word, []).append(number + column * size)
            given += [number + column * size for column in range(len(keys), KEYS)]
        self.given, self.short = _number(given), _number(short)
        self.all = (1 << size) - 1

    def run(self, tokens: Sequence[Token]) -> Iterator[Hit]:
        """Yield each phrase found, in no order, with the indexes of its first and last word.

        “a && b” has the span of its first part.
        """
        slots: dict[str, int] = {}
        blocks = [0] * (tokens[-1].slot // NEAR + 1 if tokens else 0)
        for words, bits, slot in self._read(tokens):
            blocks[slot // NEAR] |= bits
            for word in words:
                slots[word] = slots.get(word, 0) | 1 << slot
        text = _Text(tokens, slots)
        for number in _bits(self._possible(blocks)):
            yield from text.find(self.lines[number])

    def _read(self, tokens: Sequence[Token]) -> Iterator[tuple[tuple[str, ...], int, int]]:
        """The words of the rules that each token can be read as, their bits, and the slot. A pair has the slot of its second."""
        for token in tokens:
            words, bits = self.reading(token)
            if words:
                yield words, bits, token.slot
        for one, two in pairwise(tokens):
            if (pair := f"{one.word} {two.word}") in self.words and two.slot - one.slot == 1:
                yield (pair,), _number(self.bits_of.get(pair, [])), two.slot

    def _possible(self, blocks: list[int]) -> int:
        """The lines of which all keys are in the text, near each other."""
        wider = FAR // NEAR
        wide = [reduce(or_, blocks[i : i + wider]) for i in range(0, len(blocks), wider)]
        return (self._complete(blocks) & self.short) | (self._complete(wide) & ~self.short)

    def _complete(self, blocks: list[int]) -> int:
        found, size = 0, len(self.lines)
        for one, two in pairwise([*blocks, 0]):
            whole = seen = one | two | self.given
            for column in range(1, KEYS):
                whole &= seen >> column * size
            found |= whole
        return found & self.all

    def reading(self, token: Token) -> tuple[tuple[str, ...], int]:
        """Return the words and stems of the rules that a token can be read as; most words also occurred in earlier texts."""
        reading = self.readings.get(token.forms)
        if reading is None:
            if len(self.readings) >= MAX_CACHED:
                self.readings.clear()
            stems = {f"{word[:length]}*" for word in token.forms for length in range(MIN_STEM, len(word) + 1)}
            words = tuple(self.words & (token.forms | stems | self._corrections(token)))
            reading = (words, _number([bit for word in words for bit in self.bits_of.get(word, ())]))
            self.readings[token.forms] = reading
        return reading

    def _corrections(self, token: Token) -> set[str]:
        """Words of which the token may be a misspelling. A word that is spelled correctly isn't one.

        Other words of the rules may be: else a new rule could take misspellings from a RED one.
        """
        if not token.forms.isdisjoint(ordinary_words()):
            return set()
        typed = token.forms - {f"{token.word}g"}  # “rain” is no misspelling of a word that ends in “-ing”
        less = {less for word in typed if len(word) >= FUZZY_LENGTH - 1 for less in {word, *_shorter(word)}}
        near = {word for each in less for word in self.near.get(each, ())}
        return near | {word for word in less if len(word) >= FUZZY_LENGTH and word in self.words}


class _Text(dict[Place, int]):
    """A text: the slots at which each place of a phrase matches, found when first asked for."""

    def __init__(self, tokens: Sequence[Token], slots: dict[str, int]) -> None:
        self.slots, self.words = slots, frozenset(slots)
        self.ends: dict[int, int] = {}
        self.pairs = frozenset(word for word in slots if " " in word)
        self.index = {token.slot: i for i, token in enumerate(tokens)}

    def __missing__(self, place: Place) -> int:
        found = 0
        for word in place & self.words:
            found |= self.slots[word]
        self[place] = found
        return found

    def find(self, line: Line) -> Iterator[Hit]:
        """Yield each match of a line whose other parts are near, each with words of its own."""
        others = [self._ends_of_any(part) for part in line.parts[1:]]
        if not all(others):
            return
        for same in line.parts[0]:
            phrase = same[0]
            for last in _bits(_near_others(self._ends(phrase), others, phrase)):
                start, words = self._match(phrase, last)
                near = range(max(start - phrase.together, 0), last + phrase.together + 1)
                if _are_within(others, near) and self._have_own_words(line.parts[1:], near, words):
                    yield from ((each, self.index[start], self.index[last]) for each in same)

    def _have_own_words(self, parts: list[list[Same]], near: range, taken: int) -> bool:
        """Whether each part has a match that ends near and shares no word with `taken` or with another part's match."""
        if not parts:
            return True
        return any(
            self._have_own_words(parts[1:], near, taken | words)
            for same in parts[0]
            for last in _bits(_cut(self._ends(same[0]), near))
            if not taken & (words := self._match(same[0], last + near.start)[1])
        )

    def _ends_of_any(self, part: Iterable[Same]) -> int:
        found = 0
        for same in part:
            found |= self._ends(same[0])
        return found

    def _ends(self, phrase: Phrase) -> int:
        """The slots of the last words of a phrase."""
        known = self.ends.get(id(phrase))
        if known is None:
            known = self.ends[id(phrase)] = self._reached(phrase)[-1]
        return known

    def _reached(self, phrase: Phrase) -> list[int]:
        """The slots at which each place of a phrase follows the places before it; shorter if one is nowhere."""
        places = phrase.places
        reached = [self[places[0]]]
        for gap, place in zip(phrase.gaps, places[1:], strict=True):
            if not reached[-1]:
                break
            reached.append(_spread(reached[-1] << 1, gap) & self[place])
        return reached

    def _match(self, phrase: Phrase, last: int) -> tuple[int, int]:
        """The slot of the first word of the shortest match that ends at `last`, and a bit for each of its words."""
        at, words = last, self._word(phrase.places[-1], last)
        if phrase.gaps:
            reached = self._reached(phrase)
            for i in range(len(phrase.gaps) - 1, -1, -1):
                at = ((_spread(1 << at, phrase.gaps[i]) >> phrase.gaps[i] + 1) & reached[i]).bit_length() - 1
                words |= self._word(phrase.places[i], at)
        is_pair = any(self.slots[pair] >> at & 1 for pair in phrase.places[0] & self.pairs)
        return at - is_pair, words

    def _word(self, place: Place, slot: int) -> int:
        """A bit for the word at a slot, or two bits where the place matches only with the word before it."""
        if any(self.slots[word] >> slot & 1 for word in (place & self.words) - self.pairs):
            return 1 << slot
        return 3 << slot - 1


def _spread(slots: int, width: int) -> int:
    """The given slots and `width` more after each."""
    reached = 0
    while reached < width:
        step = min(reached + 1, width - reached)
        slots |= slots << step
        reached += step
    return slots


def _near_others(ends: int, others: list[int], phrase: Phrase) -> int:
    """Those of the ends that may be near all other parts; how near depends on where each match starts."""
    together, length = phrase.together, _length(phrase)
    for other in others:
        ends &= _spread(other, 2 * together + length) >> together
    return ends


def _are_within(others: list[int], near: range) -> bool:
    """Whether each of the other parts ends in the given slots."""
    return all(_cut(other, near) for other in others)


def _cut(slots: int, near: range) -> int:
    """Those of the slots that are in the range, counted from its start."""
    return (slots >> near.start) & ((1 << len(near)) - 1)


def _lines(phrases: Iterable[Phrase]) -> list[Line]:
    """The lines of all phrases. Phrases with the same places and gaps are one, whatever rule they are in."""
    lone: dict[Shape, Same] = {}
    joined: dict[tuple[str, str, bool], list[dict[Shape, Same]]] = {}
    for phrase in phrases:
        shape = (phrase.places, phrase.gaps)
        if phrase.part:
            key = (phrase.owner, phrase.text, phrase.exception)
            parts = joined.setdefault(key, [{} for _ in range(phrase.parts)])
            parts[phrase.part - 1].setdefault(shape, []).append(phrase)
        else:
            lone.setdefault(shape, []).append(phrase)
    return [Line([[same]], 0) for same in lone.values()] + _joined_lines(joined.values())


def _joined_lines(joined: Iterable[list[dict[Shape, Same]]]) -> list[Line]:
    found: dict[tuple[object, ...], Line] = {}
    for parts in joined:
        same = [[*part.values()] for part in parts]
        together = same[0][0][0].together
        known = found.setdefault((together, *map(tuple, parts)), Line(same, together))
        if known.parts is not same:
            for mine, more in zip(chain(*known.parts), chain(*same), strict=True):
                mine.extend(more)
    return [*found.values()]


def _rarest(phrase: Phrase) -> Place:
    return min(phrase.places, key=chance_of_place)


def _length(phrase: Phrase) -> int:
    return len(phrase.places) + sum(phrase.gaps)


def _number(bits: Sequence[int]) -> int:
    found = bytearray(max(bits, default=0) // 8 + 1)
    for bit in bits:
        found[bit >> 3] |= 1 << (bit & 7)
    return int.from_bytes(found, "little")


def _bits(number: int) -> Iterator[int]:
    """The places of the ones in a number, lowest first; a text is searched faster than the number is taken apart."""
    digits = f"{number:b}"[::-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


@cache
def ordinary_words() -> frozenset[str]:
    """Correctly spelled words that differ by a letter from a word of the starting rules, as “table” from “tablet”.

    RULE_WORDS are those of the starting rules themselves.
    """
    return frozenset(ORDINARY_WORDS.read_text().split() + RULE_WORDS.read_text().split())


def _shorter(word: str) -> set[str]:
    """The word without one of its letters; the first one stays."""
    return {word[:i] + word[i + 1 :] for i in range(1, len(word))} if len(word) >= FUZZY_LENGTH else set()
