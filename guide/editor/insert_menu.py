"""The insert menu: sources, parts and links to pages, each with the mark to write into the text."""

from functools import reduce
from typing import NamedTuple

from django.db.models import Q

from guide.models import Article, OutcomeFigure, Picture, QuestionGroup, SafetyMessage, Source, Treatment
from guide.pages.blocks import DRAWINGS

INSERT_KINDS = [("source", "a source"), ("part", "a part"), ("page", "a link to a page")]
MAX_CHOICES = 40
SIDE_EFFECTS = {"tablet": "Side effects of the tablet", "injection": "Side effects of the injection"}
LISTS = {
    "matrix": "The comparison of treatments",
    "faq": "All questions and answers",
    "glossary": "The glossary",
    "groups": "Support groups",
    "helplines": "Help lines by country",
    "videos": "Videos",
    "stories": "Stories",
    "timeline": "The history as a timeline",
    "sources": "All sources",
}


class Choice(NamedTuple):
    """A choice: `mark` is inserted into the text; `title` and `more` describe it."""

    mark: str
    title: str
    more: str = ""


def sources(query: str) -> list[Choice]:
    """Search sources; each word must occur in the key, title, authors, publisher or DOI."""
    fields = ("key", "title", "authors", "publisher", "doi")
    found = Source.objects.all()
    for word in query.split():
        found = found.filter(reduce(Q.__or__, (Q(**{f"{field}__icontains": word}) for field in fields)))
    exact = sorted(found.order_by("pk")[: MAX_CHOICES * 5], key=lambda s: s.key.lower() != query.strip().lower())
    return [
        Choice(f"[^{s.key}]", s.title, ", ".join(filter(None, [s.key, s.authors[:80], str(s.year or "")])))
        for s in exact[:MAX_CHOICES]
    ]


def parts(query: str) -> list[Choice]:
    every = [
        *(Choice(f"[[{name}]]", title) for name, title in LISTS.items()),
        *(Choice(f"[[figure:{f.slug}]]", f.title, "Figure") for f in OutcomeFigure.objects.all()),
        *(Choice(f"[[picture:{p.key}]]", p.title, f"Picture: {p.alt}") for p in Picture.objects.all()),
        *(Choice(f"[[picture:{name}]]", name.replace("-", " ").capitalize(), "Drawing") for name in sorted(DRAWINGS)),
        *(Choice(f"[[safety:{m.key}]]", m.title, "Safety message") for m in SafetyMessage.objects.all()),
        *(Choice(f"[[faq:{g.key}]]", g.title, "Questions") for g in QuestionGroup.objects.all()),
        *(Choice(f"[[treatment:{t.slug}]]", t.name, "One treatment") for t in Treatment.objects.all()),
        *(Choice(f"[[side-effects:{form}]]", title) for form, title in SIDE_EFFECTS.items()),
    ]
    wanted = query.lower().split()
    return [c for c in every if all(word in " ".join(c).lower() for word in wanted)]


def pages(query: str) -> list[Choice]:
    found = Article.objects.published().in_reading_order()
    for word in query.split():
        found = found.filter(Q(slug__icontains=word) | Q(live_revision__title__icontains=word))
    rows = [(a, a.live_revision) for a in found[:MAX_CHOICES]]
    return [Choice(f"[{live.title}]({a.slug})", live.title, live.summary) for a, live in rows if live]


KINDS = {"source": ("Sources", sources), "part": ("Parts", parts), "page": ("Pages of the guide", pages)}
