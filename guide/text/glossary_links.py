"""Link the first use of each glossary term in a page's text."""

import re
from collections.abc import Iterable

from guide.models import GlossaryTerm
from guide.text.running_text import replace_in_text

# Elements without glossary links: those that are interactive already, and those where links would distract.
EXCLUDED_ELEMENTS = {
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


def mark_terms(html: str, terms: Iterable[GlossaryTerm]) -> tuple[str, list[GlossaryTerm]]:
    """Link the first use of each term to its definition. Return the HTML, and the linked terms in order."""
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

    linked = replace_in_text(html, pattern, link, outside=EXCLUDED_ELEMENTS)
    return linked, list(marked.values())
