"""Search of the guide: a best answer, then entries with all words, then entries with the words that matter most."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import Case, Expression, F, FloatField, Q, QuerySet, Value, When
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from core.search_excerpts import CLOSE, OPEN, best_excerpt, first_sentences, mark_like
from core.search_text import with_plain_marks
from guide.models import SearchEntry
from guide.search import best_answers
from guide.search.correction import correct
from guide.search.vocabulary import Vocabulary, words_of
from guide.search.weights import Weighed, weigh

FIRST = 8
LIMIT = 30
SUGGESTIONS = 7
MAX_QUERY = 120
# By part of a document: title, names, title of the page, text. What was typed weighs more than what it means.
TYPED = {"A": 1.0, "B": 0.9, "C": 0.7, "D": 0.6}
MEANT = {"A": 0.4, "B": 0.3, "C": 0.25, "D": 0.15}
WHOLE = 0.999  # the sum of rounded shares is not exactly 1
# How much like a search of a best answer a query has to be, for the answer to stand above the results, or among them.
BEST_SIMILARITY = 0.6
SURE = 0.9  # for a query off topic with a word that the guide doesn't have
MIN_SIMILARITY = 0.4
SIMILARITY_POINTS, SIMILARITY_POINTS_OF_ONE = 2.0, 0.5  # for several words, and for one: it may want a definition
# Of the weight of the words: an entry with less of them is off topic, as is an answer to a search with less of them.
MIN_SHARE, MIN_SHARE_ON_TOPIC = 0.5, 0.25
MIN_TYPED, MIN_TYPED_ON_TOPIC = 0.6, 0.0
# Someone who types one of these may have no time to choose between results.
OVERDOSE = re.compile(
    r"(?:narcan|naloxone|nyxoid|prenoxad)(?: (?:spray|kit|injection|shot))?"
    r"|.*\b(?:us(?:e|ing)|giv(?:e|ing)|administer) (?:the |a |my )?(?:narcan|naloxone|nyxoid|prenoxad)\b.*"
    r"|.*\b(?:overdos\w*|od|ods|od'?d|oding|not breathing|(?:can'?t|cannot|won'?t) wake)\b.*",
    re.IGNORECASE,
)
SPANISH_PAGE = "espanol"  # what Spanish words mean: see the synonyms
OVERDOSE_PAGE = "/guide/overdose/"


@dataclass(frozen=True)
class SearchResult:
    """`best` answers the search. `exact` entries have all words, the later ones some. `corrected`: the spelling used instead."""

    query: str
    entries: list[SearchEntry] = field(default_factory=list)
    best: SearchEntry | None = None
    corrected: str = ""
    exact: int = 0

    @property
    def places(self) -> list[SearchEntry]:
        """Return the best answer, if any, and the entries."""
        return [*([self.best] if self.best else []), *self.entries]


def search(query: str) -> SearchResult:
    """Return the best answer and the best LIMIT other entries. Cuts the query at MAX_QUERY characters."""
    query = " ".join(query.replace("\x00", "").split())[:MAX_QUERY]
    vocabulary = Vocabulary()
    spanish = [term for term in vocabulary.terms(query) if SPANISH_PAGE in term.meanings]
    corrected = "" if spanish else correct(query, vocabulary)
    terms = weigh(spanish[:1] or vocabulary.terms(corrected or query))
    if not terms:
        return SearchResult(query)
    on_topic = vocabulary.on_topic(corrected or query)
    similar = best_answers.similar(corrected or query, terms, least_typed=MIN_TYPED_ON_TOPIC if on_topic else MIN_TYPED)
    least = MIN_SHARE_ON_TOPIC if on_topic else MIN_SHARE
    entries: list[Any] = list(_matching(terms, similar, least)[:LIMIT])
    best = None
    if OVERDOSE.fullmatch(query):
        entries = _with_overdose_first(entries)
    elif best := _best(entries, similar, BEST_SIMILARITY if on_topic or all(t.is_known for t in terms) else SURE):
        entries = [entry for entry in entries if entry.pk != best.pk]
    exact = sum(entry.share >= WHOLE for entry in entries)
    return SearchResult(query, entries, best, corrected if entries or best else "", exact)


def suggest(query: str) -> list[SearchEntry]:
    """Return entries whose title or name starts with what was typed so far, or else ordinary results."""
    words = words_of(query[:MAX_QUERY])
    if not words:
        return []
    prefix = " & ".join([*words[:-1], f"{words[-1]}:*"])
    ask = _raw(prefix)
    found = SearchEntry.objects.filter(document=ask).annotate(
        rank=SearchRank(F("document"), ask, weights=[0, 0, 0.9, 1])
    )
    titled: list[Any] = list(found.filter(rank__gt=0).order_by("-rank", "pk")[:SUGGESTIONS])
    return titled or search(query).places[:SUGGESTIONS]


def marked(entry: Any) -> SafeString:
    """Return the excerpt of a found entry as HTML, with the hits marked."""
    shown = best_excerpt(mark_like(entry.headline, entry.text))
    return mark_safe(escape(shown).replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))  # noqa: S308


def opening(entry: SearchEntry) -> str:
    """Return the first two sentences of an entry, the answer to its title."""
    return first_sentences(entry.text)


def _best(entries: list[SearchEntry], similar: dict[str, float], least: float) -> SearchEntry | None:
    """Return the entry that answers a search most like this one, if that is like enough."""
    address, similarity = next(iter(similar.items()), ("", 0.0))
    if similarity < least:
        return None
    return next((entry for entry in entries if entry.url == address), None)


def _matching(terms: list[Weighed], similar: dict[str, float], least: float) -> QuerySet[SearchEntry]:
    """Return the entries with at least this share of the terms or answers to similar searches, those with all terms first."""
    total = sum(term.weight for term in terms)
    ask = _raw(" | ".join(term.tsquery for term in terms))
    share = sum((_share(term) for term in terms), Value(0.0)) / total
    points = sum((_points(term) for term in terms), Value(0.0)) / total
    points_of_similarity = SIMILARITY_POINTS if len(terms) > 1 else SIMILARITY_POINTS_OF_ONE
    rank = (points + F("share") / 2 + _closeness(ask) / 4) * _kind_weight(terms) + points_of_similarity * F(
        "similarity"
    )
    headline = SearchHeadline(
        with_plain_marks(F("text")), ask, config="english", start_sel=OPEN, stop_sel=CLOSE, highlight_all=True
    )
    likely = SearchEntry.objects.filter(Q(document=ask) | Q(url__in=similar))
    found = likely.annotate(share=share, similarity=_similarity(similar)).filter(
        Q(share__gte=least) | Q(similarity__gte=MIN_SIMILARITY)
    )
    whole = Case(When(share__gte=WHOLE, then=Value(1)), default=Value(0))
    return found.annotate(rank=rank, whole=whole, headline=headline).order_by("-whole", "-rank", "pk")


def _similarity(similar: dict[str, float]) -> Case:
    """Return how much the query is like a search that an entry answers."""
    hits = [When(url=address, then=Value(similarity)) for address, similarity in similar.items()]
    return Case(*hits, default=Value(0.0), output_field=FloatField())


def _raw(query: str) -> SearchQuery:
    return SearchQuery(query, config="english", search_type="raw")


def _share(term: Weighed) -> Expression:
    return Case(
        When(document=_raw(term.tsquery), then=Value(term.weight)), default=Value(0.0), output_field=FloatField()
    )


def _points(term: Weighed) -> Expression:
    """Return the weight of a term by the best parts of the document that have it and its meanings."""
    points = _best_part(term.phrase, TYPED, term.weight)
    if not term.meanings:
        return points
    return points + _best_part(term.meaning, MEANT, term.weight)


def _best_part(query: Callable[[str], str], points: dict[str, float], weight: float) -> Case:
    hits = [When(document=_raw(query(part)), then=Value(weight * value)) for part, value in points.items()]
    return Case(*hits, default=Value(0.0), output_field=FloatField())


def _closeness(ask: SearchQuery) -> SearchRank:
    """Return how often and how close together the words are, for the length of the entry, between 0 and 1."""
    return SearchRank(F("document"), ask, weights=[0.3, 0.4, 0.8, 1.0], cover_density=True, normalization=1 | 32)


def _kind_weight(terms: list[Weighed]) -> Case:
    """Weight questions above definitions for several words, which are usually a question; one word may want a definition."""
    if len(terms) == 1:
        return Case(default=Value(1.0), output_field=FloatField())
    return Case(
        When(kind="question", then=1.1), When(kind="term", then=0.6), default=Value(1.0), output_field=FloatField()
    )


def _with_overdose_first(entries: list[SearchEntry]) -> list[SearchEntry]:
    page: list[Any] = list(SearchEntry.objects.filter(url=OVERDOSE_PAGE))
    for entry in page:
        entry.headline, entry.share = entry.text, 1.0
    return [*page, *(entry for entry in entries if entry.url != OVERDOSE_PAGE)][:LIMIT]
