"""How much each word of a search weighs: the rarer in the guide, the more."""

import re
from dataclasses import dataclass, field
from math import log

from django.db import connection

from guide.search.vocabulary import LIGHT_WORDS, Term

# Numbers, doses and ages say little about the subject of a search: "50mg", "5", "five".
AMOUNT = re.compile(
    r"\d+(?:mg|ml|st|nd|rd|th)?|mg|ml|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|few|couple"
)
LIGHT = 0.4  # of what the word would weigh
UNKNOWN = 2.5  # the weight of a word that is nowhere in the guide: it may be a detail, or what the search is about
AMOUNT_WEIGHT = 0.5


@dataclass(frozen=True)
class Weighed(Term):
    """A term with its weight, its canonical words as PostgreSQL stems them, and the stems of the words typed.

    `is_known` says whether the guide has it at all.
    """

    weight: float = 0.0
    is_known: bool = True
    lexemes: frozenset[str] = field(default_factory=frozenset)
    stems: frozenset[str] = field(default_factory=frozenset)


def weigh(terms: list[Term]) -> list[Weighed]:
    """Return the terms that are not mere stop words, with their weights."""
    if not terms:
        return []
    counts, total = _counts(terms)
    lexemes = stem([term.canonical for term in terms] + [term.typed for term in terms])
    return [
        Weighed(
            term.typed,
            term.meanings,
            weight=weight(term, count, total),
            is_known=count > 0,
            lexemes=frozenset(meant),
            stems=frozenset(typed or meant),
        )
        for term, count, meant, typed in zip(terms, counts, lexemes[: len(terms)], lexemes[len(terms) :], strict=True)
        if meant
    ]


def weight(term: Term, count: int, total: int) -> float:
    """Return the weight of a term that `count` of `total` entries have."""
    if AMOUNT.fullmatch(term.typed):
        return AMOUNT_WEIGHT
    by_rarity = log(1 + total / count) if count else UNKNOWN
    return LIGHT * by_rarity if term.canonical in LIGHT_WORDS else by_rarity


def stem(texts: list[str]) -> list[list[str]]:
    """Return the lexemes of each text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(to_tsvector('english', t)) FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n",
            [texts],
        )
        return [row[0] for row in cursor.fetchall()]


def entries_with_lexemes() -> tuple[dict[str, int], int]:
    """Return in how many entries each lexeme is, and how many entries there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, ndoc FROM ts_stat('SELECT document FROM guide_searchentry')")
        counts = dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM guide_searchentry")
        return counts, cursor.fetchone()[0]


def _counts(terms: list[Term]) -> tuple[list[int], int]:
    """Return how many entries have each term, and how many entries there are."""
    columns = ", ".join(["count(*) FILTER (WHERE document @@ to_tsquery('english', %s))"] * len(terms))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}, count(*) FROM guide_searchentry", [term.tsquery for term in terms])  # noqa: S608
        *counts, total = cursor.fetchone()
    return counts, total
