"""All phrases as one machine that reads a text once. A leaf.

No regular expression of anybody's runs here. All phrases lie side by side in one long number, a bit for each place in
each phrase; a word moves the bits on. The time grows with the text and with nothing else, whatever either of them says.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from forum.triage.phrase_syntax import SHORTEST_STEM, WIDEST_GAP, Phrase
from forum.triage.tokenizer import Token

MOST_KNOWN = 2000  # words whose places are remembered: 14 MB where there are 500 rules, under one where there are 50
FUZZY = 8  # letters from which a list's word may lack or have one letter too many


@dataclass
class Machine:
    """Phrases compiled once, for any number of texts."""

    phrases: list[Phrase]
    exact: dict[str, int] = field(default_factory=dict)
    stems: dict[str, int] = field(default_factory=dict)
    near: dict[str, int] = field(default_factory=dict)
    pairs: dict[str, int] = field(default_factory=dict)
    starts: int = 0
    ends: dict[int, int] = field(default_factory=dict)
    last: int = 0
    wide: list[int] = field(default_factory=lambda: [0] * (WIDEST_GAP + 1))
    guards: dict[int, int] = field(default_factory=dict)
    known: dict[frozenset[str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Phrases with the widest gaps get the lowest bits: then the numbers for wide gaps are short, and quick to work with.

        Behind each phrase one bit stays free, its guard, kept by the phrase's length.
        """
        bit = 0
        self.phrases = sorted(self.phrases, key=lambda phrase: -max(phrase.gaps, default=0))
        for number, phrase in enumerate(self.phrases):
            self.starts |= 1 << bit
            for i, place in enumerate(phrase.places):
                self._learn(place, 1 << (bit + i))
                for k in range(1, (phrase.gaps[i] if i < len(phrase.gaps) else 0) + 1):
                    self.wide[k] |= 1 << (bit + i)
            bit += len(phrase.places)
            self.ends[bit - 1] = number
            self.last |= 1 << (bit - 1)
            self.guards[len(phrase.places)] = self.guards.get(len(phrase.places), 0) | 1 << bit
            bit += 1
        self._widths = [(k, wide) for k, wide in enumerate(self.wide) if wide]

    def _learn(self, place: frozenset[str], bit: int) -> None:
        for word in place:
            table = self.stems if word.endswith("*") else self.pairs if " " in word else self.exact
            key = word.removesuffix("*")
            table[key] = table.get(key, 0) | bit
            if table is self.exact and len(key) >= FUZZY and len(place) > 1:
                for less in _shorter(key):
                    self.near[less] = self.near.get(less, 0) | bit

    def _mask(self, token: Token) -> int:
        """Remembered, for most words of a text stood in the last one as well."""
        mask = self.known.get(token.forms)
        if mask is None:
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            mask = self.known[token.forms] = self._looked_up(token)
        return mask

    def _looked_up(self, token: Token) -> int:
        mask = 0
        for word in token.forms:
            mask |= self.exact.get(word, 0) | self.near.get(word, 0)
            for length in range(SHORTEST_STEM, len(word) + 1):
                mask |= self.stems.get(word[:length], 0)
            if len(word) >= FUZZY:
                for less in _shorter(word):
                    mask |= self.exact.get(less, 0) if len(less) >= FUZZY else 0
                    mask |= self.near.get(less, 0)
        return mask

    def run(self, tokens: Sequence[Token]) -> Iterator[tuple[Phrase, int, int]]:
        """Each phrase found, with the indexes of its first and last word."""
        masks, pairs = self._masks(tokens)
        history: deque[int] = deque([0] * (WIDEST_GAP + 1), maxlen=WIDEST_GAP + 1)
        slot = -1
        for index, token in enumerate(tokens):
            mask = masks[index]
            history.extend([0] * min(token.slot - slot - 1, WIDEST_GAP + 1))
            slot = token.slot
            if not mask:
                history.append(0)
                continue
            now = mask & self.starts
            if mask != now and (reach := self._reach(history)):
                now |= (reach << 1) & mask
            done = now & self.last
            history.append(now ^ done if done else now)
            while done:
                low = done & -done
                done ^= low
                phrase = self.phrases[self.ends[low.bit_length() - 1]]
                first = _first(tokens, masks, index, phrase, low)
                whole = pairs.get(first, 0) & (low >> (len(phrase.places) - 1))
                yield phrase, first - bool(whole), index

    def _masks(self, tokens: Sequence[Token]) -> tuple[list[int], dict[int, int]]:
        """Each word's places in phrases, but only in those phrases all of whose words are in the text; and pairs' alone."""
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
        # One added to a phrase whose places are all set carries into its guard, and into no other.
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
        return at, pairs

    def _reach(self, history: deque[int]) -> int:
        reach = history[-1]
        for k, wide in self._widths:
            if earlier := history[-1 - k]:
                reach |= earlier & wide
        return reach


def _shorter(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(1, len(word))}


def _first(tokens: Sequence[Token], masks: Sequence[int], last: int, phrase: Phrase, bit: int) -> int:
    """Where the shortest occurrence that ends here begins: back from place to place, each within its gap."""
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
