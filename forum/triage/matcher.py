"""Matcher: find all phrases of all rules in one pass over a text. Imports no models.

It is a bit-parallel automaton: one long integer has a bit for each word position in each phrase, and each word of the text
shifts the bits. No regular expression written by staff is run, and time grows only with the length of the text.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

from forum.triage.phrase_syntax import MAX_GAP, MIN_STEM, Phrase
from forum.triage.tokenizer import Token

MAX_CACHED = 2000  # words with cached masks: 14 MB with 500 rules, under 1 MB with 50
FUZZY_LENGTH = 6  # words with at least so many letters match with one letter missing, added or wrong, or two swapped
ORDINARY_WORDS = Path(__file__).resolve().parents[1] / "content" / "ordinary_words.txt"


@dataclass
class Machine:
    """Compiled phrases; can be run on any number of texts."""

    phrases: list[Phrase]
    exact: dict[str, int] = field(default_factory=dict)
    stems: dict[str, int] = field(default_factory=dict)
    near: dict[str, list[str]] = field(default_factory=dict)
    pairs: dict[str, int] = field(default_factory=dict)
    starts: int = 0
    ends: dict[int, list[Phrase]] = field(default_factory=dict)
    last: int = 0
    wide: list[int] = field(default_factory=lambda: [0] * (MAX_GAP + 1))
    guards: dict[int, int] = field(default_factory=dict)
    lone: int = 0
    groups: list[list[list[int]]] = field(default_factory=list)
    mask_cache: dict[frozenset[str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Assign bits to phrases, widest gaps first: the masks for wide gaps are then short, which is faster.

        Phrases with the same places and gaps share their bits. The bit after each is its guard; guards are stored by length.
        """
        shared: dict[tuple[tuple[frozenset[str], ...], tuple[int, ...]], list[Phrase]] = {}
        for phrase in self.phrases:
            shared.setdefault((phrase.places, phrase.gaps), []).append(phrase)
        bit = 0
        bits: dict[frozenset[str], int] = {}
        for (places, gaps), phrases in sorted(shared.items(), key=lambda item: -max(item[0][1], default=0)):
            self.starts |= 1 << bit
            for i, place in enumerate(places):
                bits[place] = bits.get(place, 0) | 1 << (bit + i)
                for k in range(1, (gaps[i] if i < len(gaps) else 0) + 1):
                    self.wide[k] |= 1 << (bit + i)
            bit += len(places)
            self.ends[bit - 1] = phrases
            self.last |= 1 << (bit - 1)
            self.guards[len(places)] = self.guards.get(len(places), 0) | 1 << bit
            bit += 1
        self._group_parts()
        for place, mask in bits.items():
            self._add_place(place, mask)
        for word in self.exact:
            for less in _shorter(word):
                self.near.setdefault(less, []).append(word)
        self._widths = [(k, wide) for k, wide in enumerate(self.wide) if wide]

    def _group_parts(self) -> None:
        """Collect the last bits of the parts of each “a && b”, by part, and of all other phrases."""
        groups: dict[tuple[str, str, bool], dict[int, list[int]]] = {}
        for bit, phrases in self.ends.items():
            for phrase in phrases:
                if phrase.part:
                    parts = groups.setdefault((phrase.owner, phrase.text, phrase.exception), {})
                    parts.setdefault(phrase.part, []).append(bit)
                else:
                    self.lone |= 1 << bit
        self.groups = [[*parts.values()] for parts in groups.values()]

    def _add_place(self, place: frozenset[str], bits: int) -> None:
        for word in place:
            table = self.stems if word.endswith("*") else self.pairs if " " in word else self.exact
            key = word.removesuffix("*")
            table[key] = table.get(key, 0) | bits

    def _mask(self, token: Token) -> int:
        """Return the cached mask of a word; most words of a text also occurred in earlier ones."""
        mask = self.mask_cache.get(token.forms)
        if mask is None:
            if len(self.mask_cache) >= MAX_CACHED:
                self.mask_cache.clear()
            mask = self.mask_cache[token.forms] = self._compute_mask(token)
        return mask

    def _compute_mask(self, token: Token) -> int:
        mask = 0
        for word in token.forms:
            mask |= self.exact.get(word, 0)
            for length in range(MIN_STEM, len(word) + 1):
                mask |= self.stems.get(word[:length], 0)
        for word in self._corrections(token):
            mask |= self.exact[word]
        return mask

    def _corrections(self, token: Token) -> set[str]:
        """Words of which the token may be a misspelling. A word that is spelled correctly isn't one."""
        if any(word in self.exact or word in ordinary_words() for word in token.forms):
            return set()
        typed = token.forms - {f"{token.word}g"}  # “rain” is no misspelling of a word that ends in “-ing”
        less = {less for word in typed if len(word) >= FUZZY_LENGTH - 1 for less in {word, *_shorter(word)}}
        near = {word for each in less for word in self.near.get(each, ())}
        return near | {word for word in less if len(word) >= FUZZY_LENGTH and word in self.exact}

    def run(self, tokens: Sequence[Token]) -> Iterator[tuple[Phrase, int, int]]:
        """Yield each phrase found, with the indexes of its first and last word."""
        masks, pairs, wanted = self._masks(tokens)
        history: deque[int] = deque([0] * (MAX_GAP + 1), maxlen=MAX_GAP + 1)
        slot = -1
        for index, token in enumerate(tokens):
            mask = masks[index]
            history.extend([0] * min(token.slot - slot - 1, MAX_GAP + 1))
            slot = token.slot
            if not mask:
                history.append(0)
                continue
            now = mask & self.starts
            if mask != now and (reach := self._reach(history)):
                now |= (reach << 1) & mask
            done = now & self.last
            history.append(now ^ done if done else now)
            done &= wanted
            while done:
                low = done & -done
                done ^= low
                phrases = self.ends[low.bit_length() - 1]
                first = _first(tokens, masks, index, phrases[0], low) if phrases[0].gaps else index
                whole = pairs.get(first, 0) & (low >> (len(phrases[0].places) - 1))
                for phrase in phrases:
                    yield phrase, first - bool(whole), index

    def _masks(self, tokens: Sequence[Token]) -> tuple[list[int], dict[int, int], int]:
        """Masks of words and of word pairs, without phrases of which some word is not in the text; the last bits to look for."""
        found = {token.forms: token for token in tokens}
        masks = {forms: self._mask(token) for forms, token in found.items()}
        pairs = {
            i: mask
            for i, (one, two) in enumerate(pairwise(tokens), 1)
            if (mask := self.pairs.get(f"{one.word} {two.word}", 0)) and two.slot - one.slot == 1
        }
        seen = 0
        for mask in (*masks.values(), *pairs.values()):
            seen |= mask
        # Adding one to a phrase whose bits are all set carries into its guard, and no further.
        whole = seen + self.starts
        possible = 0
        for length, guards in self.guards.items():
            reached = whole & guards
            possible |= reached - (reached >> length)
        masks = {forms: mask & possible for forms, mask in masks.items()}
        pairs = {i: mask & possible for i, mask in pairs.items()}
        at = [masks[token.forms] for token in tokens]
        for i, mask in pairs.items():
            at[i] |= mask
        return at, pairs, self._wanted(possible)

    def _wanted(self, possible: int) -> int:
        """The last bits of phrases that can count: not those of “a && b” if all words of “b” are not in the text."""
        size = self.last.bit_length() // 8 + 1
        found = possible.to_bytes(size + 1, "little")
        wanted = bytearray(size)
        for parts in self.groups:
            present = [[bit for bit in part if found[bit >> 3] >> (bit & 7) & 1] for part in parts]
            if all(present):
                for bit in (bit for part in present for bit in part):
                    wanted[bit >> 3] |= 1 << (bit & 7)
        return self.lone | int.from_bytes(wanted, "little")

    def _reach(self, history: deque[int]) -> int:
        reach = history[-1]
        for k, wide in self._widths:
            if earlier := history[-1 - k]:
                reach |= earlier & wide
        return reach


@cache
def ordinary_words() -> frozenset[str]:
    """Correctly spelled words that differ by a letter from a word of the starting rules, as “table” from “tablet”."""
    return frozenset(ORDINARY_WORDS.read_text().split())


def _shorter(word: str) -> set[str]:
    """The word without one of its letters; the first one stays."""
    return {word[:i] + word[i + 1 :] for i in range(1, len(word))} if len(word) >= FUZZY_LENGTH else set()


def _first(tokens: Sequence[Token], masks: Sequence[int], last: int, phrase: Phrase, bit: int) -> int:
    """The first word of the shortest occurrence that ends at `last`, found by going back place by place within the gaps."""
    reached = {last}
    for gap in reversed(phrase.gaps):
        bit >>= 1
        before = set()
        for index in reached:
            back = index - 1
            while back >= 0 and tokens[index].slot - tokens[back].slot - 1 <= gap:
                if masks[back] & bit:
                    before.add(back)
                back -= 1
        reached = before
    return max(reached)
