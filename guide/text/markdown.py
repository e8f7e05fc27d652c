"""Render the guide's Markdown to safe HTML. Knows no models, requests or users.

`render` runs once, when a text is written, and its HTML is stored with RENDER_VERSION. `number_citations` runs when a page
is assembled, since the numbers depend on the whole page.
"""

import datetime
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import bleach
from django.utils.html import escape
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from core.html_text import html_text
from core.quantity_markdown import quantity_plugin
from guide.text.phone_links import link_numbers

RENDER_VERSION = 7
TABLE_OPEN = '<div class="table-scroll" tabindex="0" role="group" aria-label="Table"><table>\n'
MAX_CHARACTERS = 100_000
MAX_TAGS = 20_000  # sanitizing takes more than linear time in rows of a table and items of a list

CALLOUTS = {"emergency": "Emergency", "warning": "Important", "note": "Note", "do": "Do", "dont": "Don’t"}
TAGS = {
    *("a", "aside", "blockquote", "br", "code", "div", "em", "h2", "h3", "hr", "li", "ol", "p"),
    *("strong", "sup", "table", "tbody", "td", "th", "thead", "time", "tr", "ul"),
}
ATTRIBUTES = {
    "a": ["href", "rel"],
    "aside": ["class", "role", "aria-label"],
    "div": ["data-part", "class", "tabindex", "role", "aria-label"],
    "h2": ["id"],
    "h3": ["id"],
    "li": ["value"],
    "ol": ["start"],
    "p": ["class"],
    "sup": ["data-cite"],
    "td": ["class"],
    "th": ["class", "scope"],
    "time": ["datetime", "class"],
}
CITATION = re.compile(r"\[\^(?:(S\d{1,4})|(site|meant)|CHECK (\d{4}-\d\d-\d\d))\]")
UNKNOWN_CITATION = re.compile(r"\[\^(?!S\d{1,4}\]|site\]|meant\]|CHECK \d{4}-\d\d-\d\d\])[^\]\n]{0,40}\]")
CITED_KEY = re.compile(r'<sup\s+data-cite="(S\d+)"\s*></sup>')
CITED_RUN = re.compile(rf"{CITED_KEY.pattern}(?:\s*{CITED_KEY.pattern})*")
LINK_TARGET = re.compile(r"https?://|mailto:|tel:|/(?!/)|#|[a-z][a-z0-9-]*(?:#[a-z0-9-]+)?\Z", re.IGNORECASE)
PART = re.compile(r"^\[\[([a-z-]+)(?::([a-z0-9-]+))?\]\]$")

TOO_MUCH_MARKUP = "The text has too many headings, list items or table cells. Please split it into two pages."


class TextTooLong(ValueError):
    """The text is longer than MAX_CHARACTERS, or its HTML has more than MAX_TAGS."""


@dataclass(frozen=True)
class Heading:
    level: int
    anchor: str
    text: str


@dataclass(frozen=True)
class Rendered:
    """HTML with its headings. `citations` and `parts` are in order of appearance, each once."""

    html: str
    headings: tuple[Heading, ...] = ()
    citations: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass
class _Found:
    headings: list[Heading] = field(default_factory=list)
    citations: dict[str, None] = field(default_factory=dict)
    parts: dict[str, None] = field(default_factory=dict)


def render(text: str) -> Rendered:
    """Render a Markdown text to HTML. Raises TextTooLong above MAX_CHARACTERS or MAX_TAGS."""
    if len(text) > MAX_CHARACTERS:
        over = len(text) - MAX_CHARACTERS
        raise TextTooLong(
            f"The text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are allowed. Please remove {over:,}."
        )
    found = _Found()
    html = _tools.markdown.render(text, {"found": found})
    if html.count("<") > MAX_TAGS:
        raise TextTooLong(TOO_MUCH_MARKUP)
    return Rendered(_sanitize(link_numbers(html)), tuple(found.headings), tuple(found.citations), tuple(found.parts))


@lru_cache(maxsize=1024)
def render_fragment(text: str) -> str:
    """Render a short text of a reference row. Cached, since the result depends on the text alone."""
    return render(text).html


def plain_text(html: str) -> str:
    """Return the text of rendered HTML, for the search index and for excerpts."""
    without_notes = re.sub(r"<sup[^>]*></sup>|<time[^>]*>.*?</time>", "", html)
    spaced = re.sub(r"</(p|li|h2|h3|td|th|tr)>", " ", without_notes)
    return " ".join(html_text(spaced).split())


def number_citations(html: str) -> tuple[str, list[str]]:
    """Turn each run of `<sup data-cite>` into one mark with a link per source; return the keys in the order of their numbers.

    Numbers are per page, and in brackets: copied or read as text, "RR 2.93" and source 1 would otherwise be "RR 2.931".
    """
    order: dict[str, int] = {}

    def link(key: str) -> str:
        number = order.setdefault(key, len(order) + 1)
        return f'<a href="#source-{key}" aria-label="Source {number}">{number}</a>'

    def mark(run: re.Match[str]) -> str:
        links = {key: link(key) for key in dict.fromkeys(CITED_KEY.findall(run[0]))}
        return f'<sup class="cite">[{", ".join(links[key] for key in sorted(links, key=order.__getitem__))}]</sup>'

    return CITED_RUN.sub(mark, html), list(order)


class _Parser(MarkdownIt):
    """Leave "[1](2)" in the text: it is no link that a reader could follow."""

    def validateLink(self, url: str) -> bool:
        return bool(LINK_TARGET.match(url))


def _markdown() -> MarkdownIt:
    """Return a parser. Its typographer only sets quotation marks: "replacements" would turn "+-" into "±" and "--" into "–"."""
    md = _Parser("commonmark", {"html": False, "typographer": True, "maxNesting": 20})
    md.enable(["table", "smartquotes"]).disable(["image", "lheading", "code", "reference", "entity"])
    md.use(quantity_plugin)
    for kind in CALLOUTS:
        md.use(container_plugin, kind, render=_render_callout)
    md.inline.ruler.before("link", "citation", _citation_rule)
    md.core.ruler.after("block", "size", _size_rule)
    md.core.ruler.push("outline", _outline_rule)
    md.core.ruler.push("parts", _part_rule)
    md.core.ruler.push("guide_links", _link_rule)
    md.add_render_rule("table_open", lambda *_: TABLE_OPEN)
    md.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return md


def _size_rule(state: StateCore) -> None:
    """Stop early, before the text of the blocks is parsed."""
    if sum(1 for token in state.tokens if token.nesting and not token.hidden) > MAX_TAGS:
        raise TextTooLong(TOO_MUCH_MARKUP)


def _citation_rule(state: StateInline, silent: bool) -> bool:
    match = CITATION.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        key, _unseen, date = match.groups()
        token = state.push("html_inline", "", 0)
        token.content = _citation_html(key, date)
        if key:
            state.env["found"].citations.setdefault(key)
    state.pos = match.end()
    return True


def _citation_html(key: str | None, date: str | None) -> str:
    if key:
        return f'<sup data-cite="{key}"></sup>'
    return f'<time class="checked" datetime="{date}">(as of {_in_words(date)})</time>' if date else ""


def _in_words(date: str) -> str:
    """Return "23 Nov 2026" for "2026-11-23", and what is no date as it is."""
    try:
        return f"{datetime.date.fromisoformat(date):%-d %b %Y}"
    except ValueError:
        return date


def _outline_rule(state: StateCore) -> None:
    found: _Found = state.env["found"]
    taken: dict[str, int] = {}
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type != "heading_open":
            continue
        level = min(max(int(opening.tag[1]), 2), 3)
        text = "".join(t.content for t in inline.children or [] if t.type in ("text", "code_inline"))
        anchor = _free_anchor(slugify(text) or "part", taken)
        opening.attrSet("id", anchor)
        found.headings.append(Heading(level, anchor, text))
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(max(int(token.tag[1]), 2), 3)}"


def _free_anchor(anchor: str, taken: dict[str, int]) -> str:
    """Return the anchor with a number that no other heading has. `taken` remembers the last number of each."""
    candidate, n = anchor, taken.get(anchor, 0)
    while candidate in taken:
        n += 1
        candidate = f"{anchor}-{n}"
    taken[anchor] = max(n, 1)
    taken.setdefault(candidate, 1)
    return candidate


def _part_rule(state: StateCore) -> None:
    """Replace a paragraph that is only `[[name]]` or `[[name:argument]]` with a placeholder for that block."""
    found: _Found = state.env["found"]
    for i, token in enumerate(state.tokens):
        match = PART.match(token.content) if token.type == "inline" else None
        if not match or state.tokens[i - 1].type != "paragraph_open":
            continue
        name = ":".join(filter(None, match.groups()))
        found.parts.setdefault(name)
        placeholder = Token("html_block", "", 0, content=f'<div data-part="{name}"></div>\n', block=True)
        state.tokens[i - 1 : i + 2] = [placeholder, _empty(), _empty()]


def _empty() -> Token:
    return Token("html_block", "", 0, content="", block=True)


def _link_rule(state: StateCore) -> None:
    """Resolve `[words](how-it-works)` to an article of the guide, and add rel=noopener to external links."""
    for block in state.tokens:
        for token in block.children or []:
            href = str(token.attrGet("href") or "") if token.type == "link_open" else ""
            if re.fullmatch(r"[a-z0-9-]+(#[a-z0-9-]+)?", href):
                slug, _, anchor = href.partition("#")
                token.attrSet("href", f"/guide/{slug}/" + (f"#{anchor}" if anchor else ""))
            elif href.startswith("http"):
                token.attrSet("rel", "noopener")


def _render_callout(renderer: Any, tokens: Sequence[Token], i: int, options: Any, env: Any) -> str:
    token = tokens[i]
    if token.nesting != 1:
        return "</aside>\n"
    kind, _, title = token.info.strip().partition(" ")
    label = CALLOUTS[kind]
    heading = title.strip() or label
    return (
        f'<aside class="callout {kind}" role="note" aria-label="{label}">'
        f'<p class="callout-title">{escape(heading)}</p>\n'
    )


def _sanitize(html: str) -> str:
    """Sanitize HTML: the one place that decides what may reach a reader."""
    return _tools.cleaner.clean(html)


def _allow(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return bool(re.match(r"(https?://|mailto:|tel:|/(?!/)|#)", value))
    return name in ATTRIBUTES.get(tag, ())


class _Tools(threading.local):
    """One parser and sanitizer for each thread, since they keep state while they process a text."""

    def __init__(self) -> None:
        self.markdown = _markdown()
        allowed = {"https", "http", "mailto", "tel"}
        self.cleaner = bleach.Cleaner(tags=TAGS, attributes=_allow, protocols=allowed, strip=True)


_tools = _Tools()
