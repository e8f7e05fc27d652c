"""Score a text by logistic regression on n-grams of words and characters. A leaf in plain Python; linear in the text.

`tools/train_triage_model.py` trains the weights with the functions below, so training and reading count the same n-grams.
"""

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path

WEIGHTS = Path(__file__).resolve().parents[1] / "content" / "triage_model.json"
LONGEST_WORD = 30  # letters that are looked at
CHARACTERS = (3, 4)  # lengths of n-grams inside a word
NUMBER = "0"  # stands for every number
_WORD = re.compile(r"\d+|[^\W\d_]+")
Feature = tuple[int, float]  # in how many texts of the training the n-gram occurred, and its weight


@dataclass(frozen=True)
class TextModel:
    """Weights as they are stored. `documents` is the number of texts of the training."""

    version: int
    documents: int
    bias: float
    threshold: float
    words: Mapping[str, Feature]
    characters: Mapping[str, Feature]

    def raises(self, text: str) -> bool:
        """Whether the text sounds so much like danger that a clinician should read it first."""
        return self.score(text) >= self.threshold

    def score(self, text: str) -> float:
        """The log-odds of danger before calibration. Only its order and `threshold` have a meaning."""
        words = read_words(text)
        by_word = _part(word_ngrams(words), self._word_weights)
        return self.bias + by_word + _part(character_ngrams(words), self._character_weights)

    @cached_property
    def _word_weights(self) -> dict[str, tuple[float, float]]:
        return _with_rarity(self.words, self.documents)

    @cached_property
    def _character_weights(self) -> dict[str, tuple[float, float]]:
        return _with_rarity(self.characters, self.documents)


@lru_cache(maxsize=1)
def shipped_model() -> TextModel:
    return TextModel(**json.loads(WEIGHTS.read_text(encoding="utf-8")))


def read_words(text: str) -> list[str]:
    """The words in lower case, without accents and apostrophes; every number is NUMBER."""
    plain = text.lower().replace("’", "").replace("'", "")
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return [NUMBER if word[0].isdigit() else word[:LONGEST_WORD] for word in _WORD.findall(plain)]


def word_ngrams(words: list[str]) -> Counter[str]:
    """Single words and neighboring pairs."""
    pairs = (f"{one} {two}" for one, two in pairwise(words))
    return Counter(words) + Counter(pairs)


def character_ngrams(words: list[str]) -> Counter[str]:
    """Pieces of each word; `_` marks where the word begins and ends."""
    found: Counter[str] = Counter()
    for word, count in Counter(words).items():
        for piece in _pieces(word):
            found[piece] += count
    return found


def rarity(texts: int, documents: int) -> float:
    """The inverse document frequency of an n-gram that occurs in that many of the documents."""
    return math.log((1 + documents) / (1 + texts)) + 1


def damped(count: int) -> float:
    """How much an n-gram counts in a text in which it occurs that often."""
    return 1 + math.log(count)


@lru_cache(maxsize=8192)
def _pieces(word: str) -> tuple[str, ...]:
    return tuple(_each_piece(f"_{word}_"))


def _each_piece(padded: str) -> Iterator[str]:
    for length in CHARACTERS:
        for i in range(len(padded) - length + 1):
            yield padded[i : i + length]


def _with_rarity(features: Mapping[str, Feature], documents: int) -> dict[str, tuple[float, float]]:
    rarities = {name: rarity(texts, documents) for name, (texts, _) in features.items()}
    return {name: (rarities[name], weight) for name, (_, weight) in features.items()}


def _part(counts: Counter[str], weights: dict[str, tuple[float, float]]) -> float:
    """The weighted sum over one kind of n-gram, divided by the length of the vector."""
    total = squares = 0.0
    for name, count in counts.items():
        if known := weights.get(name):
            value = damped(count) * known[0]
            total += value * known[1]
            squares += value * value
    return total / math.sqrt(squares) if squares else 0.0
