"""Correct misspelled words of a search."""

from collections.abc import Iterable

from guide.models import SearchWord
from guide.search.vocabulary import full_words, without_ending

MIN_LENGTH = 5  # letters, of a misspelled word and of its correction: shorter ones are too similar to each other
MAX_DIFFERENCE = 3  # letters by which their lengths differ
MIN_SIMILARITY = 0.37  # of trigrams (Jaccard)


def correct(query: str) -> str:
    """Return the query with each unknown word replaced by the most similar known one, or "" if nothing changed."""
    words = full_words(query)
    stored = SearchWord.objects.filter(word__in=[without_ending(word) for word in words])
    known = set(stored.values_list("word", flat=True))
    corrected = [w if without_ending(w) in known or len(w) < MIN_LENGTH else _most_similar(w) or w for w in words]
    return " ".join(corrected) if corrected != words else ""


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
