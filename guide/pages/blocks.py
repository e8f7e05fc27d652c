"""Page blocks, which an article includes as `[[matrix]]` or `[[faq:drinking]]`, and the assembly of a page.

Each block has a template in templates/guide/blocks/ and a function here that fetches its context. An unknown name raises
UnknownBlock when the text is validated or loaded, so readers never see it.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
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
    Picture,
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
from guide.pages.unreviewed_notices import notice_for_block, notice_for_messages, unreviewed_rows
from guide.text.glossary_links import mark_terms
from guide.text.markdown import number_citations

DRAWINGS = {"receptor", "alcohol-path", "opioid-free", "overdose"}
PLACEHOLDER = re.compile(r'<div data-part="([a-z-]+)(?::([a-z0-9-]+))?"></div>')
# A heading directly followed by an emergency callout.
OPENS_WITH_EMERGENCY = re.compile(r'\s*<h2[^>]*>(?:(?!</h2>).)*</h2>\s*<aside class="callout emergency"')
Context = dict[str, Any]
Unreviewed = Sequence[Proposal]  # live proposals for rows that someone must review


class UnknownBlock(ValueError):
    """A text includes a block, or a row in one, that does not exist."""


@dataclass(frozen=True)
class Page:
    """An assembled article: HTML with its blocks, and its sources in the order of their numbers.

    `opening` is the first section of an article that starts with an emergency: what to do comes before everything else.
    """

    opening: str
    in_short: str
    body: str
    sources: list[Source]
    terms: list[GlossaryTerm]


def assemble(live: ArticleRevision, request: HttpRequest) -> Page:
    """Put a page together for readers, with its blocks and safety messages."""
    unreviewed = unreviewed_rows()
    body = fill_blocks(live.body_html, request.GET, unreviewed)
    messages = SafetyMessage.objects.filter(pk__in=live.safety_messages)
    return put_together(live.in_short_html, body, safety_html(messages, live.body_html, unreviewed))


def put_together(in_short: str, body: str, safety: str) -> Page:
    """Link the first use of each glossary term, put the parts in order, and number the sources."""
    # The glossary page contains all definitions already.
    body, terms = (body, []) if 'id="term-' in body else mark_terms(body, GlossaryTerm.objects.all())
    opening, rest = split_opening(body)
    # These appear on one page in this order, so they are numbered together and then split again.
    joined, keys = number_citations("\x1e".join([opening, in_short, safety + rest]))
    opening, in_short, body = joined.split("\x1e")
    return Page(opening, in_short, body, Source.objects.by_keys(keys), terms)


def split_opening(body: str) -> tuple[str, str]:
    """Return the first section of a text that opens with its own emergency callout, or "", and the rest."""
    if not OPENS_WITH_EMERGENCY.match(body):
        return "", body
    second = body.find("<h2", body.find("</h2>"))
    return (body[:second], body[second:]) if second > 0 else (body, "")


def assemble_all(articles: list[Article]) -> tuple[str, list[str], list[Source]]:
    """Return the safety messages of many articles and the articles' bodies, for one page with shared source numbers.

    Anchors are prefixed by the slug.
    """
    unreviewed, messages = unreviewed_rows(), list(SafetyMessage.objects.all())
    texts = [(_for_paper(found.live, messages, unreviewed), found.slug) for found in articles]
    bodies = fill_blocks("\x1e".join(_prefix_anchors(text, slug) for text, slug in texts), unreviewed=unreviewed)
    used = {pk for found in articles for pk in found.live.safety_messages}
    on_paper = {"messages": [m for m in messages if m.pk in used], "paper": True}
    joined, keys = number_citations("\x1e".join([render_to_string("guide/blocks/safety.html", on_paper), bodies]))
    safety, *pages = joined.split("\x1e")
    return safety, pages, Source.objects.by_keys(keys)


def _for_paper(live: ArticleRevision, messages: list[SafetyMessage], unreviewed: Unreviewed) -> str:
    """Return the article with only the titles of its safety messages; the printed guide has their texts at the beginning."""
    own = [m for m in messages if m.pk in live.safety_messages]
    opening, rest = split_opening(live.body_html)
    return live.in_short_html + opening + safety_html(own, live.body_html, unreviewed, only_titles=True) + rest


def safety_html(
    messages: Iterable[SafetyMessage], body: str, unreviewed: Unreviewed = (), *, only_titles: bool = False
) -> str:
    """Render a page's safety messages, without those that its text shows in place with `[[safety:KEY]]`."""
    shown = [m for m in messages if f'data-part="safety:{m.key}"' not in body]
    if not shown:
        return ""
    html = render_to_string("guide/blocks/safety.html", {"messages": shown, "only_titles": only_titles})
    return html + notice_for_messages(shown, unreviewed)


def _prefix_anchors(html: str, slug: str) -> str:
    for anchor in re.findall(r'<h[23] id="([^"]+)">', html):
        html = html.replace(f' id="{anchor}"', f' id="{slug}--{anchor}"').replace(
            f'href="#{anchor}"', f'href="#{slug}--{anchor}"'
        )
    return html


def numbered_block(name: str) -> tuple[str, list[Source]]:
    """Render a block for a page of its own, with its sources."""
    html, keys = number_citations(fill_blocks(f'<div data-part="{name}"></div>', unreviewed=unreviewed_rows()))
    return html, Source.objects.by_keys(keys)


def fill_blocks(html: str, query: QueryDict | None = None, unreviewed: Unreviewed = ()) -> str:
    """Replace every placeholder with its block, followed by a notice of unreviewed rows. Raises UnknownBlock."""
    rows = _rows_of_one([(match[1], match[2]) for match in PLACEHOLDER.finditer(html)])

    def fill(match: re.Match[str]) -> str:
        block = render_block(match[1], match[2], query or QueryDict(), rows.get(match[1]))
        return block + notice_for_block(match[1], match[2], unreviewed)

    return PLACEHOLDER.sub(fill, html)


def _rows_of_one(places: list[tuple[str, str]]) -> dict[str, dict[str, Context]]:
    """Fetch the contexts of all blocks that show one row, by name and key: one query for each kind of row."""
    keys = {name: {key for kind, key in places if kind == name} for name in BLOCKS_OF_ONE}
    return {name: BLOCKS_OF_ONE[name](found) for name, found in keys.items() if found}


def render_block(name: str, argument: str | None, query: QueryDict, rows: dict[str, Context] | None = None) -> str:
    """Render one block; `rows` are contexts that were fetched before, by argument. Raises UnknownBlock."""
    if name not in BLOCKS:
        raise UnknownBlock(f"There is no part called [[{name}]].")
    found = BLOCKS[name](argument, query) if rows is None else rows.get(argument or "")
    if found is None:
        raise UnknownBlock(f"[[{name}:{argument}]]: {_why_missing(name, argument)}.")
    return render_to_string(found.get("template", f"guide/blocks/{name}.html"), found)


def _why_missing(name: str, argument: str | None) -> str:
    """Return what an editor can do about a row that readers don't see."""
    proposed = Proposal.objects.unpublished().filter(model=name, content__key=argument, removes=False)
    if name == "picture" and proposed.exists():
        return f"the picture {argument!r} isn’t published yet; it needs its own review first"
    return f"there is no {argument!r}"


def _matrix(argument: str | None, query: QueryDict) -> Context | None:
    treatments = list(Treatment.objects.select_related("article").prefetch_related("cells"))
    chosen = set(query.getlist("treatments"))
    shown = [t for t in treatments if t.slug in chosen] or treatments
    cells = {(cell.row_id, t.pk): cell for t in shown for cell in t.cells.all()}
    rows = [(row, [(t, cells.get((row.pk, t.pk))) for t in shown]) for row in MatrixRow.objects.all()]
    return {"treatments": treatments, "shown": shown, "rows": rows}


def _treatments(slugs: Collection[str]) -> dict[str, Context]:
    found = Treatment.objects.filter(slug__in=slugs).prefetch_related("cells__row")
    return {treatment.slug: {"treatment": treatment} for treatment in found}


def _figures(slugs: Collection[str]) -> dict[str, Context]:
    found = OutcomeFigure.objects.filter(slug__in=slugs).prefetch_related("arms")
    return {figure.slug: {"figure": figure} for figure in found}


def _pictures(keys: Collection[str]) -> dict[str, Context]:
    """Return the contexts of pictures of the library, and of the drawings that are templates of their own."""
    drawn = {key: {"template": f"guide/diagrams/{key}.html"} for key in DRAWINGS.intersection(keys)}
    found = Picture.objects.filter(key__in=set(keys) - DRAWINGS) if set(keys) - DRAWINGS else []
    return drawn | {picture.key: {"picture": picture} for picture in found}


def _safety_messages(keys: Collection[str]) -> dict[str, Context]:
    found = SafetyMessage.objects.filter(key__in=keys)
    return {message.key: {"messages": [message], "in_text": True} for message in found}


def _side_effects(argument: str | None, query: QueryDict) -> Context | None:
    rows = list(SideEffect.objects.filter(form=argument))
    return {"rows": rows, "form": argument, "has_placebo": any(r.placebo is not None for r in rows)} if rows else None


def _questions(argument: str | None, query: QueryDict) -> Context | None:
    groups = QuestionGroup.objects.prefetch_related("questions")
    groups = groups.filter(key=argument) if argument else groups
    return {"groups": groups, "hide_titles": bool(argument)} if groups else None


def _videos(argument: str | None, query: QueryDict) -> Context | None:
    videos = list(Video.objects.watchable())
    return {"topics": [(topic, [v for v in videos if v.topic_id == topic.pk]) for topic in VideoTopic.objects.all()]}


def _all(name: str, model: Any, *related: str) -> Callable[[str | None, QueryDict], Context | None]:
    return lambda argument, query: {name: model.objects.prefetch_related(*related)}


def _one(fetch: Callable[[Collection[str]], dict[str, Context]]) -> Callable[[str | None, QueryDict], Context | None]:
    return lambda argument, query: fetch([argument or ""]).get(argument or "")


# Blocks of one row, whose contexts a page fetches together.
BLOCKS_OF_ONE = {"treatment": _treatments, "figure": _figures, "picture": _pictures, "safety": _safety_messages}
BLOCKS: dict[str, Callable[[str | None, QueryDict], Context | None]] = {
    "matrix": _matrix,
    **{name: _one(fetch) for name, fetch in BLOCKS_OF_ONE.items()},
    "side-effects": _side_effects,
    "faq": _questions,
    "videos": _videos,
    "glossary": _all("terms", GlossaryTerm),
    "groups": _all("groups", SupportGroup),
    "stories": _all("stories", Story, "safety_messages"),
    "timeline": _all("milestones", Milestone),
    "sources": _all("sources", Source),
    "helplines": lambda argument, query: {"countries": countries_with_lines()},
}
