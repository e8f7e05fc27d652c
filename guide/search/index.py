"""Build the guide's search index: an entry for each place that a result can link to."""

import re
from collections.abc import Iterator

from django.db import connection, transaction
from django.urls import reverse

from accounts.text.locations import country_name
from core.search_text import FOLD_SQL
from guide.models import (
    Article,
    BestAnswer,
    GlossaryTerm,
    HelpLine,
    Question,
    SearchEntry,
    SearchWord,
    SupportGroup,
    Treatment,
)
from guide.search import best_answers
from guide.search.correction import trigrams
from guide.search.vocabulary import Vocabulary, words_of
from guide.text.markdown import plain_text, render_fragment

HEADING = re.compile(r'<h[23] id="([^"]+)">(.*?)</h[23]>', re.S)


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
        *_tool_entries(),
    ]
    SearchEntry.objects.bulk_create(entries)
    best_answers.index()
    _rebuild_words()
    return len(entries)


def refresh_index() -> int:
    """Build the index if it is empty. The worker runs this as a safety net."""
    return 0 if SearchEntry.objects.exists() else rebuild_index()


def _rebuild_words() -> None:
    """Write only the words that changed: indexing the trigrams of all would take most of the time."""
    columns = " || ' ' || ".join(FOLD_SQL.format(name) for name in ("title", "names", "page", "text"))
    texts = f"select to_tsvector('simple', {columns}) from guide_searchentry where language = 'en'"
    with connection.cursor() as cursor:
        cursor.execute("select word, nentry from ts_stat(%s) where word ~ '^[a-z]{3,40}$'", [texts])
        uses = dict(cursor.fetchall())
    searches = " ".join(search for answer in BestAnswer.objects.all() for search in answer.searches)
    taught = {word: 1 for word in Vocabulary().words | set(words_of(searches)) if len(word) > 1}
    stored, wanted = dict(SearchWord.objects.values_list("word", "uses")), {**taught, **uses}
    SearchWord.objects.filter(word__in=[word for word, n in stored.items() if wanted.get(word) != n]).delete()
    new = [(word, n) for word, n in wanted.items() if stored.get(word) != n]
    SearchWord.objects.bulk_create(SearchWord(word=word, uses=n, trigrams=trigrams(word)) for word, n in new)


def _article_entries() -> Iterator[SearchEntry]:
    for article in Article.objects.published().in_reading_order():
        live, url = article.live, article.get_absolute_url()
        pieces = HEADING.split(live.body_html)
        opening = f"{live.summary} {plain_text(live.in_short_html)} {plain_text(pieces[0])}"
        yield SearchEntry(kind="article", page="", title=live.title, url=url, language=live.language, text=opening)
        for anchor, heading, html in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            text, title = plain_text(html), plain_text(heading)
            yield SearchEntry(
                kind="section",
                page=live.title,
                title=title,
                url=f"{url}#{anchor}",
                language=live.language,
                text=text or title,
            )


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
    "using-alone": "use using alone overdose",
    "violence": "domestic violence abuse hit hurt afraid partner",
    "child": "child children teenager young abuse",
}


def _line_entries() -> Iterator[SearchEntry]:
    for line in HelpLine.objects.all():
        text = f"{line.phone} {line.sms} {plain_text(render_fragment(line.note))}".strip()
        names = f"{NEEDS.get(line.need, '')} {line.country} {country_name(line.country)}"
        yield SearchEntry(kind="line", page="Help lines", title=line.name, url="/help-now/", names=names, text=text)


TOOLS = [
    (
        "wallet-card",
        "Wallet card",
        "medical alert card emergency",
        "A card to print and carry. It tells ambulance and hospital staff that opioids may not work.",
    ),
    (
        "questions",
        "Questions for my prescriber",
        "list ask doctor appointment visit",
        "A list to print: tick what matters to you, and take it to your visit.",
    ),
    (
        "device-tools",
        "Your own notes, on this device only",
        "reminder calendar diary log track next dose injection date drinks urges mood saved pages text size",
        "A reminder, a diary to print for your prescriber, and saved pages. Nothing is sent.",
    ),
]


def _tool_entries() -> Iterator[SearchEntry]:
    for name, title, names, text in TOOLS:
        url = reverse(f"guide:{name}")
        yield SearchEntry(kind="tool", page="Tools", title=title, url=url, names=names, text=text)
