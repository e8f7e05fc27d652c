"""An article as readers would see it, from words that are not saved: the same renderer, kept block by block.

A keystroke changes one block of a long text; the others come from memory, so that 100 KB are shown at once.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import escape

from core.params import int_or_none
from guide.models import GlossaryTerm, SafetyMessage, Source
from guide.pages.blocks import PLACE, UnknownPart, _with_safety, render_part
from guide.text.glossary_links import mark_terms
from guide.text.markdown import CALLOUTS, MAX_CHARACTERS, TextTooLong, number_citations, render

KEPT_BLOCKS = 4096  # of about 300 characters: a dozen long articles
STARTS = re.compile(r"[A-Za-z#“]|\[\[")  # of a line that, after an empty one, can only begin something new
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
HEADING = re.compile(r'(<h[23] id=")([^"]+)(">)')


def article_page(words: dict[str, str], safety: Iterable[str]) -> str:
    """What stands between a page's map and its end. Raises TextTooLong; an unknown part is said in its place."""
    for name in ("in_short", "body"):
        if len(words[name]) > MAX_CHARACTERS:
            render(words[name])
    body = _filled(html_of(words["body"]))
    messages = SafetyMessage.objects.filter(pk__in=[key for key in safety if int_or_none(key) is not None])
    with_safety = _with_safety(body, render_to_string("guide/blocks/safety.html", {"messages": messages}))
    terms = GlossaryTerm.objects.all()
    marked = with_safety if 'id="term-' in body else mark_terms(with_safety, terms)[0]
    joined, keys = number_citations("\x1e".join([html_of(words["in_short"]), marked]))
    in_short, shown = joined.split("\x1e")
    found = Source.objects.in_bulk(keys, field_name="key")
    context = {"title": words["title"], "in_short": in_short, "body": shown}
    return render_to_string(
        "guide/editor/_article_page.html", context | {"sources": [found[k] for k in keys if k in found]}
    )


def html_of(text: str) -> str:
    """What `render` gives for the whole text, put together from its blocks."""
    taken: dict[str, int] = {}

    def own(match: re.Match[str]) -> str:
        name = re.sub(r"-\d+$", "", match[2]) if match[2] in taken else match[2]
        taken[name] = taken.get(name, 0) + 1
        return match[0] if taken[name] == 1 else f"{match[1]}{name}-{taken[name]}{match[3]}"

    return HEADING.sub(own, "".join(_block(block) for block in blocks(text)))


@lru_cache(maxsize=KEPT_BLOCKS)
def _block(text: str) -> str:
    return render(text).html


def blocks(text: str) -> list[str]:
    """The text in pieces that mean the same alone as together: never cut inside a list, a box or code."""
    pieces: list[str] = []
    lines: list[str] = []
    fence, boxed, after_empty = "", False, False
    for line in text.replace("\r\n", "\n").split("\n"):
        if after_empty and not fence and not boxed and (STARTS.match(line) or _opens(line)):
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


def _filled(html: str) -> str:
    return PLACE.sub(lambda match: _part(match[1], match[2]), html)


def _part(name: str, argument: str | None) -> str:
    try:
        return render_part(name, argument, QueryDict())
    except UnknownPart as error:
        return f'<p class="callout warning">{escape(error)}</p>'


__all__ = ["TextTooLong", "article_page", "blocks", "html_of"]
