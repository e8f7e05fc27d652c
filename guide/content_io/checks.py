"""Check the content files against the rules of guide/lint."""

import re
from collections.abc import Iterator

from guide.content_io.reader import Content, texts
from guide.lint.house_style import unwanted
from guide.lint.rules import LINK, breaks, place_of, unsourced
from guide.text.located_text import LocatedText

CITED_FIELDS = re.compile(r"\.(text|answer|definition|description|medicines|good_video|detail|note|warning|in short)$")
LONGEST_SUMMARY = 160  # what search engines show
TITLES = re.compile(r"\.(title|name)$")


def faults(content: Content) -> list[str]:
    """All broken rules as `file:line: what`, in the order of the files."""
    slugs = {article.slug for article in content.articles}
    found = list(_of_summaries(content))
    for text in texts(content):
        if text.path.name in (
            "sources.yaml",
            "tools.yaml",
        ):  # titles that others gave, and questions: no claims of ours
            continue
        found += _unwanted(text) + _dead_links(text, slugs) + _broken(text)
        if text.path.suffix == ".md" or CITED_FIELDS.search(text.where):
            found += list(unsourced(text))
    return found


def _of_summaries(content: Content) -> Iterator[str]:
    for article in content.articles:
        length = len(article.front["summary"])
        if length > LONGEST_SUMMARY:
            yield f"{article.path.name}:1: the summary has {length} characters; at most {LONGEST_SUMMARY}"


def _unwanted(text: LocatedText) -> list[str]:
    if TITLES.search(text.where):  # names of books and groups are not ours to change
        return []
    return [f"{place_of(text, f.offset)}: the word “{f.words}”; say {f.instead}" for f in unwanted(text.text)]


def _dead_links(text: LocatedText, slugs: set[str]) -> list[str]:
    dead = [m for m in LINK.finditer(text.text) if m[1] not in slugs]
    return [f"{place_of(text, m.start())}: no article is called {m[1]}" for m in dead]


def _broken(text: LocatedText) -> list[str]:
    place = [(int(b[5 : b.index(":")]), b[b.index(":") + 2 :]) for b in breaks(text.text)]
    return [f"{text.path.name}:{text.line + number - 1}: {what}" for number, what in place]
