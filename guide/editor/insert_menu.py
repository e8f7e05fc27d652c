"""What an editor may put into a text by choosing: a source, a part, a link to a page; each with the mark that stands for it."""

from functools import reduce
from typing import NamedTuple

from django.db.models import Q

from guide.models import Article, OutcomeFigure, QuestionGroup, SafetyMessage, Source, Treatment
from guide.pages.blocks import PICTURES

MOST = 40
SIDES = {"tablet": "Side effects of the tablet", "injection": "Side effects of the injection"}
WHOLE = {
    "matrix": "The comparison of treatments",
    "faq": "All questions and answers",
    "glossary": "The glossary",
    "groups": "Support groups",
    "helplines": "Help lines by country",
    "videos": "Videos",
    "stories": "Stories",
    "timeline": "The history as a line of time",
    "sources": "Every source",
}


class Choice(NamedTuple):
    """`mark` is put into the text; `title` and `more` say what it stands for."""

    mark: str
    title: str
    more: str = ""


def sources(words: str) -> list[Choice]:
    """By key, title, authors, publisher or DOI; every word must be found in one of them."""
    fields = ("key", "title", "authors", "publisher", "doi")
    found = Source.objects.all()
    for word in words.split():
        found = found.filter(reduce(Q.__or__, (Q(**{f"{field}__icontains": word}) for field in fields)))
    exact = sorted(found.order_by("pk")[: MOST * 5], key=lambda s: s.key.lower() != words.strip().lower())
    return [
        Choice(f"[^{s.key}]", s.title, ", ".join(filter(None, [s.key, s.authors[:80], str(s.year or "")])))
        for s in exact[:MOST]
    ]


def parts(words: str) -> list[Choice]:
    every = [
        *(Choice(f"[[{name}]]", title) for name, title in WHOLE.items()),
        *(Choice(f"[[figure:{f.slug}]]", f.title, "Figure") for f in OutcomeFigure.objects.all()),
        *(Choice(f"[[picture:{name}]]", name.replace("-", " ").capitalize(), "Picture") for name in sorted(PICTURES)),
        *(Choice(f"[[safety:{m.key}]]", m.title, "Safety message") for m in SafetyMessage.objects.all()),
        *(Choice(f"[[faq:{g.key}]]", g.title, "Questions") for g in QuestionGroup.objects.all()),
        *(Choice(f"[[treatment:{t.slug}]]", t.name, "One treatment") for t in Treatment.objects.all()),
        *(Choice(f"[[side-effects:{form}]]", title) for form, title in SIDES.items()),
    ]
    wanted = words.lower().split()
    return [c for c in every if all(word in " ".join(c).lower() for word in wanted)]


def pages(words: str) -> list[Choice]:
    found = Article.objects.published().in_reading_order()
    for word in words.split():
        found = found.filter(Q(slug__icontains=word) | Q(live_revision__title__icontains=word))
    rows = [(a, a.live_revision) for a in found[:MOST]]
    return [Choice(f"[{live.title}]({a.slug})", live.title, live.summary) for a, live in rows if live]


KINDS = {"source": ("Sources", sources), "part": ("Parts", parts), "page": ("Pages of the guide", pages)}
