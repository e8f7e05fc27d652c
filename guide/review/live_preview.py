"""Live preview of an unsaved article: the same renderer, cached paragraph by paragraph.

A keystroke changes one piece of a long text and the rest comes from the cache, so even 100 KB render at once.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import escape

from guide.models import SafetyMessage
from guide.pages.blocks import PLACEHOLDER, UnknownBlock, put_together, render_block, safety_html
from guide.pages.site_facts import fill_facts
from guide.text.markdown import CALLOUTS, MAX_CHARACTERS, render, render_fragment

CACHED_PIECES = 4096  # of about 300 characters: a dozen long articles
NEW_PIECE = re.compile(r"[A-Za-z#“]|\[\[")  # starts a line that, after an empty one, cannot continue a list or code
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
HEADING = re.compile(r'(<h[23] id=")([^"]+)(">)')


def article_page(text: dict[str, str], safety_messages: Iterable[Any]) -> str:
    """Render the article as HTML; an unknown block shows an error in its place. Raises TextTooLong."""
    for name in ("in_short", "body"):
        if len(text[name]) > MAX_CHARACTERS:
            render(text[name])  # raises
    return assemble_preview(text["title"], html_of(text["in_short"]), html_of(text["body"]), safety_messages)


def assemble_preview(title: str, in_short: str, body: str, safety_messages: Iterable[Any]) -> str:
    """Render a page from the HTML of its texts as readers will see it."""
    messages = SafetyMessage.objects.filter(pk__in=safety_messages)
    page = put_together(in_short, _fill_blocks(body), safety_html(messages, body))
    return render_to_string("guide/editor/_article_page.html", {"title": title, "page": page})


def html_of(text: str) -> str:
    """Return the same HTML as `render` for the whole text, assembled from its pieces."""
    taken: dict[str, int] = {}

    def unique(match: re.Match[str]) -> str:
        name = re.sub(r"-\d+$", "", match[2]) if match[2] in taken else match[2]
        taken[name] = taken.get(name, 0) + 1
        return match[0] if taken[name] == 1 else f"{match[1]}{name}-{taken[name]}{match[3]}"

    return HEADING.sub(unique, "".join(_render_piece(piece) for piece in split_pieces(text)))


@lru_cache(maxsize=CACHED_PIECES)
def _render_piece(text: str) -> str:
    return render(text).html


def split_pieces(text: str) -> list[str]:
    """Split the text into pieces that render alone as they do together: never inside a list, a box or code."""
    pieces: list[str] = []
    lines: list[str] = []
    fence, boxed, after_empty = "", False, False
    for line in text.replace("\r\n", "\n").split("\n"):
        if after_empty and not fence and not boxed and (NEW_PIECE.match(line) or _opens(line)):
            pieces.append("\n".join(lines))
            lines = []
        fence = _fence_after(fence, line)
        boxed = _opens(line) if not boxed and not fence else boxed and line.strip() != ":::"
        after_empty = not line.strip()
        lines.append(line)
    return [*pieces, "\n".join(lines)]


def _opens(line: str) -> bool:
    return line.startswith(":::") and line.strip(": ").partition(" ")[0] in CALLOUTS


def _fence_after(fence: str, line: str) -> str:
    match = FENCE.match(line)
    if not match:
        return fence
    if not fence:
        return match[1]
    closes = match[1].startswith(fence) and not line.strip().strip(fence[0])
    return "" if closes else fence


def site_page_html(text: str) -> str:
    """Render the Markdown of a page about the site; an unknown block shows an error in its place."""
    return _fill_blocks(fill_facts(render_fragment(text)))


def _fill_blocks(html: str) -> str:
    return PLACEHOLDER.sub(lambda match: _block_or_error(match[1], match[2]), html)


def _block_or_error(name: str, argument: str | None) -> str:
    try:
        return render_block(name, argument, QueryDict())
    except UnknownBlock as error:
        return f'<p class="callout warning">{escape(error)}</p>'
