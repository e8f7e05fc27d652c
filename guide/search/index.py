"""Search of the guide: a full-text index with deep links, synonyms and spelling correction."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db import connection, transaction
from django.db.models import Case, F, FloatField, QuerySet, Value, When
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from guide.models import Article, GlossaryTerm, HelpLine, Question, SearchEntry, SearchWord, SupportGroup, Treatment
from guide.text.markdown import plain_text, render_fragment

LIMIT = 30
SUGGESTIONS = 7
UBIQUITOUS_WORDS = {"naltrexone"}  # on every page, so they do not narrow a search
MIN_CORRECTED_LENGTH = 5  # letters; shorter words are too similar to each other ("weed", "week")
MIN_SIMILARITY = 0.25  # of trigrams (Jaccard)
MAX_QUERY = 120
# Private-use characters mark hits in PostgreSQL's headline, so that it can be escaped before it becomes HTML.
OPEN, CLOSE = "\ue000", "\ue001"
# Whoever types one of these may have no time to choose between hits.
OVERDOSE = re.compile(
    r"(?:narcan|naloxone|nyxoid|prenoxad)(?: (?:spray|kit|injection|shot))?"
    r"|.*\b(?:overdos\w*|od|ods|od'?d|oding|not breathing|(?:can'?t|cannot|won'?t) wake)\b.*",
    re.IGNORECASE,
)
HEADING = re.compile(r'<h[23] id="([^"]+)">(.*?)</h[23]>', re.S)


@dataclass(frozen=True)
class SearchResult:
    """The result of a search. `corrected` is the spelling used instead of the reader's, if another."""

    query: str
    entries: list[SearchEntry]
    corrected: str = ""


def search(query: str) -> SearchResult:
    """Return the best LIMIT entries, correcting the spelling if nothing is found. Cuts the query at MAX_QUERY characters."""
    query = fold(" ".join(query.replace("\x00", "").split())[:MAX_QUERY])
    if not query:
        return SearchResult("", [])
    entries = list(_matching(query)[:LIMIT])
    corrected = "" if entries else correct(query)
    if corrected:
        entries = list(_matching(corrected)[:LIMIT])
    if OVERDOSE.fullmatch(query):
        first = list(SearchEntry.objects.filter(url="/guide/overdose/").annotate(headline=F("text")))
        entries = [*first, *(entry for entry in entries if entry.url != "/guide/overdose/")][:LIMIT]
        corrected = "" if first else corrected
    return SearchResult(query, entries, corrected if entries else "")


def suggest(query: str) -> list[SearchEntry]:
    """Return entries whose title or name starts with what was typed so far, or else ordinary results."""
    words = re.findall(r"\w+", fold(query[:MAX_QUERY]).lower())
    if not words:
        return []
    prefix = " & ".join([*words[:-1], f"{words[-1]}:*"])
    ask = SearchQuery(prefix, config="english", search_type="raw")
    found = SearchEntry.objects.filter(document=ask).annotate(
        rank=SearchRank(F("document"), ask, weights=[0, 0, 0.1, 1])
    )
    return list(found.order_by("-rank", "pk")[:SUGGESTIONS]) or search(query).entries[:SUGGESTIONS]


def marked(entry: Any) -> SafeString:
    """Return the excerpt of a found entry as HTML, with the hits marked."""
    headline: str = entry.headline
    plain = headline.replace(OPEN, "").replace(CLOSE, "")
    before, after = ("" if entry.text.startswith(plain) else "… "), ("" if entry.text.endswith(plain) else " …")
    return mark_safe(escape(before + headline + after).replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))  # noqa: S308


def _matching(query: str) -> QuerySet[SearchEntry]:
    """Return entries that match all words or, if there are none, some words, by rank."""
    words = re.findall(r"\w+", query.lower())
    if not words:
        return SearchEntry.objects.none()
    specific = [word for word in words if word not in UBIQUITOUS_WORDS]
    ubiquitous = re.compile(rf"\b({'|'.join(UBIQUITOUS_WORDS)})\b", re.I)
    every = SearchQuery(ubiquitous.sub(" ", query) if specific else query, config="english", search_type="websearch")
    some = SearchQuery(" | ".join(specific or words), config="english", search_type="raw")
    ask = every if SearchEntry.objects.filter(document=every).exists() else some
    rank = SearchRank(F("document"), ask, weights=[0.1, 0.2, 0.4, 1.0], cover_density=True) * _weight(words)
    headline = SearchHeadline("text", ask, config="english", start_sel=OPEN, stop_sel=CLOSE, max_words=32, min_words=14)
    return SearchEntry.objects.filter(document=ask).annotate(rank=rank, headline=headline).order_by("-rank", "pk")


def _weight(words: list[str]) -> Case:
    """Weight questions above definitions for several words, which are usually a question; one word may want a definition."""
    if len(words) == 1:
        return Case(default=Value(1.0), output_field=FloatField())
    return Case(
        When(kind="question", then=1.5), When(kind="term", then=0.6), default=Value(1.0), output_field=FloatField()
    )


def correct(query: str) -> str:
    """Return the query with each unknown word replaced by the most similar known one, or "" if nothing changed."""
    words = re.findall(r"[\w'-]+", query.lower())
    known = set(SearchWord.objects.filter(word__in=words).values_list("word", flat=True))
    corrected = [w if w in known or len(w) < MIN_CORRECTED_LENGTH else _most_similar(w) or w for w in words]
    return " ".join(corrected) if corrected != words else ""


def _most_similar(word: str) -> str:
    """Return the known word that shares most trigrams with this one; in a tie, the more frequent one."""
    wanted = trigrams(word)
    candidates = SearchWord.objects.filter(trigrams__overlap=wanted)
    best = max(((_similarity(wanted, c.trigrams), c.uses, c.word) for c in candidates), default=(0, 0, ""))
    return best[2] if best[0] >= MIN_SIMILARITY else ""


def _similarity(a: Iterable[str], b: Iterable[str]) -> float:
    one, other = set(a), set(b)
    return len(one & other) / len(one | other)


def fold(text: str) -> str:
    """Return the text without accents: PostgreSQL's dictionaries treat "café" and "cafe" as two words."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def trigrams(word: str) -> list[str]:
    padded = f"  {word.lower()} "
    return sorted({padded[i : i + 3] for i in range(len(padded) - 2)})


@transaction.atomic
def rebuild_index() -> int:
    """Rebuild the index from live content, under a lock. Return the number of entries."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('guide.search.index', 0))")
    SearchEntry.objects.all().delete()
    entries = [
        *_article_entries(),
        *_question_entries(),
        *_term_entries(),
        *_treatment_entries(),
        *_group_entries(),
        *_line_entries(),
    ]
    for entry in entries:
        entry.names = fold(f"{entry.names} {entry.title}") if fold(entry.title) != entry.title else entry.names
    SearchEntry.objects.bulk_create(entries)
    _rebuild_words()
    return len(entries)


def refresh_index() -> int:
    """Build the index if it is empty. The worker runs this as a safety net."""
    return 0 if SearchEntry.objects.exists() else rebuild_index()


def _rebuild_words() -> None:
    SearchWord.objects.all().delete()
    texts = "select to_tsvector('simple', title || ' ' || names || ' ' || page || ' ' || text) from guide_searchentry"
    with connection.cursor() as cursor:
        cursor.execute("select word, nentry from ts_stat(%s) where word ~ '^[a-z][a-z-]{2,40}$'", [texts])
        rows = cursor.fetchall()
    SearchWord.objects.bulk_create([SearchWord(word=w, uses=n, trigrams=trigrams(w)) for w, n in rows])


def _article_entries() -> Iterator[SearchEntry]:
    for article in Article.objects.published().in_reading_order():
        live, url = article.live, article.get_absolute_url()
        pieces = HEADING.split(live.body_html)
        opening = f"{live.summary} {plain_text(live.in_short_html)} {plain_text(pieces[0])}"
        yield SearchEntry(kind="article", page="", title=live.title, url=url, text=opening)
        for anchor, heading, html in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            text, title = plain_text(html), plain_text(heading)
            yield SearchEntry(kind="section", page=live.title, title=title, url=f"{url}#{anchor}", text=text or title)


def _question_entries() -> Iterator[SearchEntry]:
    for q in Question.objects.select_related("group"):
        text = plain_text(render_fragment(q.answer))
        yield SearchEntry(kind="question", page=q.group.title, title=q.question, url=f"/guide/faq/#{q.slug}", text=text)


def _term_entries() -> Iterator[SearchEntry]:
    for t in GlossaryTerm.objects.all():
        names, text = " ".join([*t.aliases, *t.nicknames]), plain_text(render_fragment(t.definition))
        url = f"/guide/glossary/#term-{t.slug}"
        yield SearchEntry(kind="term", page="Glossary", title=t.term, url=url, names=names, text=text)


def _treatment_entries() -> Iterator[SearchEntry]:
    for t in Treatment.objects.prefetch_related("cells__row"):
        text = f"{t.kind}. " + " ".join(f"{c.row.question} {c.short}." for c in t.cells.all())
        url = f"/guide/compare/?treatments={t.slug}#matrix"
        yield SearchEntry(kind="treatment", page="Comparison", title=t.name, url=url, names=t.brands, text=text)


def _group_entries() -> Iterator[SearchEntry]:
    for g in SupportGroup.objects.all():
        text = plain_text(render_fragment(g.description))
        url = f"/guide/support-groups/#group-{g.slug}"
        yield SearchEntry(kind="group", page="Support groups", title=g.name, url=url, text=text)


NEEDS = {
    "emergency": "emergency ambulance overdose",
    "crisis": "suicide suicidal crisis 988 talk",
    "text": "suicide crisis text",
    "treatment": "find treatment",
    "poison": "poison poisoning swallowed too much",
    "overdose": "overdose naloxone",
}


def _line_entries() -> Iterator[SearchEntry]:
    for line in HelpLine.objects.all():
        text = f"{line.phone} {line.sms} {plain_text(render_fragment(line.note))}".strip()
        names = f"{NEEDS.get(line.need, '')} {line.country}"
        yield SearchEntry(kind="line", page="Help lines", title=line.name, url="/help-now/", names=names, text=text)
