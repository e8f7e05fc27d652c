"""Mark the first use of each glossary term in a page's text."""

import re
from collections.abc import Iterable

from guide.models import GlossaryTerm

# Words inside these are left as they are: links and buttons act already, headings and tables stay quiet.
QUIET = {
    "a",
    "button",
    "h2",
    "h3",
    "summary",
    "svg",
    "code",
    "sup",
    "time",
    "table",
    "figcaption",
    "label",
    "dt",
    "nav",
}
TAG = re.compile(r"(<[^>]+>)")
TAG_NAME = re.compile(r"</?([a-zA-Z0-9]+)")


def mark_terms(html: str, terms: Iterable[GlossaryTerm]) -> tuple[str, list[GlossaryTerm]]:
    """HTML in which the first use of each term links to its definition, and the terms so marked, in order."""
    names = {name.lower(): term for term in terms for name in [term.term, *term.aliases]}
    if not names:
        return html, []
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])", re.IGNORECASE)
    marked: dict[int, GlossaryTerm] = {}

    def link(match: re.Match[str]) -> str:
        term = names[match[1].lower()]
        if term.pk in marked:
            return match[0]
        marked[term.pk] = term
        return f'<a class="term" href="#term-{term.slug}">{match[1]}</a>'

    pieces, depth = TAG.split(html), 0
    for i, piece in enumerate(pieces):
        if i % 2:
            depth += _step(piece)
        elif not depth:
            pieces[i] = pattern.sub(link, piece)
    return "".join(pieces), list(marked.values())


def _step(tag: str) -> int:
    """+1 where a quiet element opens, -1 where it closes."""
    name = TAG_NAME.match(tag)
    if not name or name[1].lower() not in QUIET or tag.endswith("/>"):
        return 0
    return -1 if tag.startswith("</") else 1
