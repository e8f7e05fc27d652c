"""Correct misspelled words of a search.

Only to a word of the editors' synonyms, which name what readers look for: "shelf" is not in the guide, and is no misspelling of
"self" either.
"""

import re
from collections.abc import Iterable

from guide.models import SearchWord
from guide.search.vocabulary import LIGHT_WORDS, STOP_WORDS, Vocabulary, full_words, without_ending

MIN_LENGTH = 5  # letters, of a misspelled word and of its correction: shorter ones are too similar to each other
LONG, VERY_LONG = 8, 11  # letters
MIN_SIMILARITY = 0.18  # of trigrams (Jaccard)
MEDICINE = "naltrexone"
GENERAL_WORDS = (STOP_WORDS | LIGHT_WORDS) - {MEDICINE}  # a real word is more often one of these with a wrong letter
INFLECTED = re.compile(r"(?:ed|ing)$")
ENDING = re.compile(r"(?:s|es|ed|d|ing|ly)$")  # "periods" is no misspelling if "period" is known


def correct(query: str, vocabulary: Vocabulary | None = None) -> str:
    """Return the query with each unknown word replaced by the most similar one of the vocabulary, or "" if nothing changed."""
    words = full_words(query)
    forms = {form for word in words for form in _forms(without_ending(word))}
    known = set(SearchWord.objects.filter(word__in=forms).values_list("word", flat=True))
    unknown = {w for w in words if len(w) >= MIN_LENGTH and not known & _forms(without_ending(w))}
    if not unknown:
        return ""
    targets = (vocabulary or Vocabulary()).words | {MEDICINE}
    corrected = [_most_similar(w, targets) or w if w in unknown else w for w in words]
    return " ".join(corrected) if corrected != words else ""


def _forms(word: str) -> set[str]:
    """Return a word, and the word without its ending if it is long enough to have one."""
    base = ENDING.sub("", word)
    return {word, base, f"{base}e"} if len(base) >= MIN_LENGTH else {word}


def _most_similar(word: str, targets: set[str]) -> str:
    """Return the target that is fewest mistakes away from this one; in a tie, the more frequent one."""
    wanted, mistakes = trigrams(word), max_mistakes(word)
    candidates = SearchWord.objects.filter(trigrams__overlap=wanted).values_list("word", "trigrams", "uses")
    similar = [
        (_distance(word, candidate), candidate[0] != word[0], -uses, candidate)
        for candidate, its, uses in candidates
        if candidate in targets
        and len(candidate) >= MIN_LENGTH
        and not _forms(candidate) & GENERAL_WORDS
        and abs(len(candidate) - len(word)) <= mistakes
        and _similarity(wanted, its) >= MIN_SIMILARITY
    ]
    best = min(similar, default=(mistakes + 1, True, 0, ""))
    return best[3] if best[0] <= mistakes else ""


def max_mistakes(word: str) -> int:
    """Return how many letters of a word may be wrong: fewer in short ones, and in those with an ending, as in "bloating"."""
    return 1 if INFLECTED.search(word) else 1 + (len(word) >= LONG) + (len(word) >= VERY_LONG)


def _distance(one: str, other: str) -> int:
    """Return how many letters were left out, added, changed or swapped (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def _similarity(a: Iterable[str], b: Iterable[str]) -> float:
    one, other = set(a), set(b)
    return len(one & other) / len(one | other)


def trigrams(word: str) -> list[str]:
    padded = f"  {word.lower()} "
    return sorted({padded[i : i + 3] for i in range(len(padded) - 2)})
