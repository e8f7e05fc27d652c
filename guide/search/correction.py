"""Correct misspelled words of a search."""

import re
from collections.abc import Iterable

from core.search_text import fold
from guide.models import SearchWord

MIN_LENGTH = 5  # letters, of a misspelled word and of its correction: shorter ones are too similar to each other
MAX_DIFFERENCE = 3  # letters by which their lengths differ
MIN_SIMILARITY = 0.37  # of trigrams (Jaccard)


def correct(query: str) -> str:
    """Return the query with each unknown word replaced by the most similar known one, or "" if nothing changed."""
    words = re.findall(r"\w+(?:'\w+)*", fold(query).lower())
    known = set(SearchWord.objects.filter(word__in=[stem(word) for word in words]).values_list("word", flat=True))
    corrected = [w if stem(w) in known or len(w) < MIN_LENGTH else _most_similar(w) or w for w in words]
    return " ".join(corrected) if corrected != words else ""


def stem(word: str) -> str:
    """Return a word without the ending after its apostrophe."""
    return word.partition("'")[0]


def _most_similar(word: str) -> str:
    """Return the known word that shares most trigrams with this one; in a tie, the more frequent one."""
    wanted = trigrams(word)
    candidates = SearchWord.objects.filter(trigrams__overlap=wanted)
    similar = [c for c in candidates if len(c.word) >= MIN_LENGTH and abs(len(c.word) - len(word)) <= MAX_DIFFERENCE]
    best = max(((_similarity(wanted, c.trigrams), c.uses, c.word) for c in similar), default=(0, 0, ""))
    return best[2] if best[0] >= MIN_SIMILARITY else ""


def _similarity(a: Iterable[str], b: Iterable[str]) -> float:
    one, other = set(a), set(b)
    return len(one & other) / len(one | other)


def trigrams(word: str) -> list[str]:
    padded = f"  {word.lower()} "
    return sorted({padded[i : i + 3] for i in range(len(padded) - 2)})
