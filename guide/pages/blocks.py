"""Structured parts that an article includes by name, `[[matrix]]` or `[[faq:drinking]]`, and how a page is put together.

Each part is a template in templates/guide/blocks/ and a function here that fetches what the template shows. An unknown name
raises UnknownPart when the text is checked or loaded, long before a reader could meet it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string

from guide.models import (
    Article,
    ArticleRevision,
    GlossaryTerm,
    MatrixRow,
    Milestone,
    OutcomeFigure,
    Proposal,
    QuestionGroup,
    SafetyMessage,
    SideEffect,
    Source,
    Story,
    SupportGroup,
    Treatment,
    Video,
    VideoTopic,
)
from guide.pages.help_lines import countries_with_lines
from guide.pages.unreviewed_notices import notice_for_messages, notice_for_part, unreviewed_rows
from guide.text.glossary_links import mark_terms
from guide.text.markdown import number_citations

PICTURES = {"receptor", "alcohol-path", "opioid-free"}
PLACE = re.compile(r'<div data-part="([a-z-]+)(?::([a-z0-9-]+))?"></div>')
# A heading, and right under it an emergency box.
OPENS_WITH_EMERGENCY = re.compile(r'\s*<h2[^>]*>(?:(?!</h2>).)*</h2>\s*<aside class="callout emergency"')
Context = dict[str, Any]
Unreviewed = Sequence[Proposal]  # rows that were published before review


class UnknownPart(ValueError):
    """An article asks for a part, or for a row of one, that does not exist."""


@dataclass(frozen=True)
class Page:
    """An article's text as a reader gets it: `body` is whole HTML, `sources` its notes in the order of their numbers."""

    in_short: str
    body: str
    sources: list[Source]
    terms: list[GlossaryTerm]


def assemble(article: Article, live: ArticleRevision, request: HttpRequest) -> Page:
    """Put the parts in their places, mark glossary terms at first use, and number the sources through the page."""
    unreviewed = unreviewed_rows()
    body = fill(live.body_html, request.GET, unreviewed)
    # The glossary's own page holds every definition already.
    body, terms = (body, []) if 'id="term-' in body else mark_terms(body, GlossaryTerm.objects.all())
    # The two stand on one page in this order, so they are numbered in one go and then parted again.
    joined, keys = number_citations(
        "\x1e".join([live.in_short_html, _with_safety(body, _safety_of(article, unreviewed))])
    )
    in_short, body = joined.split("\x1e")
    return Page(in_short, body, _in_order(keys), terms)


def _with_safety(body: str, safety: str) -> str:
    """The messages stand before the text, unless that opens with an emergency of its own: then after its first section."""
    if not OPENS_WITH_EMERGENCY.match(body):
        return safety + body
    second = body.find("<h2", body.find("</h2>"))
    return body[:second] + safety + body[second:] if second > 0 else body + safety


def assemble_all(articles: list[Article]) -> tuple[list[str], list[Source]]:
    """The bodies of many articles for one page: sources numbered through, anchors made unique by the article's slug."""
    unreviewed = unreviewed_rows()
    papers = [
        (_for_paper(found, found.live_revision, unreviewed), found.slug) for found in articles if found.live_revision
    ]
    bodies = [fill(_own_anchors(paper, slug), unreviewed=unreviewed) for paper, slug in papers]
    joined, keys = number_citations("\x1e".join(bodies))
    return joined.split("\x1e"), _in_order(keys)


def _for_paper(article: Article, live: ArticleRevision, unreviewed: Unreviewed) -> str:
    """In short, then the article with every safety message open: paper has nothing to tap."""
    return live.in_short_html + _with_safety(live.body_html, _safety_of(article, unreviewed, paper=True))


def _safety_of(article: Article, unreviewed: Unreviewed, *, paper: bool = False) -> str:
    """Its safety messages as they stand on its page."""
    messages = list(article.safety_messages.all())
    if not messages:
        return ""
    html = render_to_string("guide/blocks/safety.html", {"messages": messages, "paper": paper})
    return html + notice_for_messages(messages, unreviewed)


def _own_anchors(html: str, slug: str) -> str:
    for anchor in re.findall(r'<h[23] id="([^"]+)">', html):
        html = html.replace(f' id="{anchor}"', f' id="{slug}--{anchor}"').replace(
            f'href="#{anchor}"', f'href="#{slug}--{anchor}"'
        )
    return html


def numbered_part(name: str) -> tuple[str, list[Source]]:
    """A part that stands on a page of its own, with its sources."""
    html, keys = number_citations(_part(name, None, QueryDict(), unreviewed_rows()))
    return html, _in_order(keys)


def fill(html: str, choice: QueryDict | None = None, unreviewed: Unreviewed = ()) -> str:
    """The HTML with every part in its place, and beneath each what of it is unreviewed. Raises UnknownPart."""
    return PLACE.sub(lambda found: _part(found[1], found[2], choice or QueryDict(), unreviewed), html)


def _part(name: str, argument: str | None, choice: QueryDict, unreviewed: Unreviewed) -> str:
    return render_part(name, argument, choice) + notice_for_part(name, argument, unreviewed)


def render_part(name: str, argument: str | None, choice: QueryDict) -> str:
    context = PARTS.get(name)
    if context is None:
        raise UnknownPart(f"There is no part called [[{name}]].")
    found = context(argument, choice)
    if found is None:
        raise UnknownPart(f"[[{name}:{argument}]]: nothing is called {argument!r} there.")
    template = f"guide/diagrams/{argument}.html" if name == "picture" else f"guide/blocks/{name}.html"
    return render_to_string(template, found)


def _in_order(keys: list[str]) -> list[Source]:
    found = Source.objects.in_bulk(keys, field_name="key")
    return [found[key] for key in keys if key in found]


def _matrix(argument: str | None, choice: QueryDict) -> Context | None:
    every = list(Treatment.objects.select_related("article").prefetch_related("cells"))
    wanted = set(choice.getlist("treatments"))
    shown = [t for t in every if t.slug in wanted] or every
    cells = {(cell.row_id, t.pk): cell for t in shown for cell in t.cells.all()}
    rows = [(row, [(t, cells.get((row.pk, t.pk))) for t in shown]) for row in MatrixRow.objects.all()]
    return {"every": every, "shown": shown, "rows": rows}


def _treatment(argument: str | None, choice: QueryDict) -> Context | None:
    treatment = Treatment.objects.filter(slug=argument).prefetch_related("cells__row").first()
    return {"treatment": treatment} if treatment else None


def _figure(argument: str | None, choice: QueryDict) -> Context | None:
    figure = OutcomeFigure.objects.filter(slug=argument).prefetch_related("arms").first()
    return {"figure": figure} if figure else None


def _side_effects(argument: str | None, choice: QueryDict) -> Context | None:
    rows = list(SideEffect.objects.filter(form=argument))
    return {"rows": rows, "form": argument, "has_placebo": any(r.placebo is not None for r in rows)} if rows else None


def _questions(argument: str | None, choice: QueryDict) -> Context | None:
    groups = QuestionGroup.objects.prefetch_related("questions")
    groups = groups.filter(key=argument) if argument else groups
    return {"groups": groups, "alone": bool(argument)} if groups else None


def _safety(argument: str | None, choice: QueryDict) -> Context | None:
    message = SafetyMessage.objects.filter(key=argument).first()
    return {"messages": [message]} if message else None


def _videos(argument: str | None, choice: QueryDict) -> Context | None:
    videos = list(Video.objects.watchable())
    return {"topics": [(topic, [v for v in videos if v.topic_id == topic.pk]) for topic in VideoTopic.objects.all()]}


def _all(name: str, model: Any, *related: str) -> Callable[[str | None, QueryDict], Context | None]:
    return lambda argument, choice: {name: model.objects.prefetch_related(*related)}


PARTS: dict[str, Callable[[str | None, QueryDict], Context | None]] = {
    "matrix": _matrix,
    "treatment": _treatment,
    "figure": _figure,
    "side-effects": _side_effects,
    "faq": _questions,
    "safety": _safety,
    "videos": _videos,
    "glossary": _all("terms", GlossaryTerm),
    "groups": _all("groups", SupportGroup),
    "stories": _all("stories", Story, "safety_messages"),
    "timeline": _all("milestones", Milestone),
    "sources": _all("sources", Source),
    "helplines": lambda argument, choice: {"countries": countries_with_lines()},
    "picture": lambda argument, choice: {} if argument in PICTURES else None,
}
