"""Check the content files against the rules of guide/lint."""

import re
from collections.abc import Iterator
from typing import Any

from guide.content_io.reader import Content, texts
from guide.lint.house_style import unwanted_words
from guide.lint.rules import GENERAL_KNOWLEDGE, LINK, general_knowledge, place_of, structure_errors, unsourced
from guide.text.located_text import LocatedText
from guide.text.markdown import CITATION

CITED_FIELDS = re.compile(
    r"\.(text|answer|definition|description|medicines|good_video|detail|note|warning|caption|in short)$"
)
MAX_SUMMARY = 160  # what search engines show
# Other people's titles, and questions: they make no claims.
UNCHECKED = {"sources.yaml", "tools.yaml", "synonyms.yaml", "best_answers.yaml"}
WITHOUT_ADDRESS = {"book", "general"}
TITLES = re.compile(r"\.(title|name|credit)$")


def content_errors(content: Content) -> list[str]:
    """Return all errors as `file:line: message`, in the order of the files."""
    slugs = {slug for a in content.articles for slug in [a.slug, *(a.front.get("former_slugs") or [])]}
    found = list(_of_summaries(content))
    for text in texts(content):
        if text.path.name in UNCHECKED:
            continue
        found += _unwanted(text) + _dead_links(text, slugs) + _broken(text)
        is_article = text.path.suffix == ".md" and not text.where.startswith("site page")
        if is_article or CITED_FIELDS.search(text.where):
            found += list(unsourced(text))
        found += list(general_knowledge(text))
    return found + list(_of_sources(content))


def _of_summaries(content: Content) -> Iterator[str]:
    for article in content.articles:
        length = len(article.front["summary"])
        if length > MAX_SUMMARY:
            yield f"{article.path.name}:1: the summary has {length} characters; at most {MAX_SUMMARY}"


def _of_sources(content: Content) -> Iterator[str]:
    """Yield an error for a row that rests on general knowledge, and for a cited source without DOI and address."""
    cited = {match[1] for text in texts(content) for match in CITATION.finditer(text.text) if match[1]}
    for table, row in _rows_with_sources(content.tables):
        cited.update(row["sources"])
        if GENERAL_KNOWLEDGE in row["sources"]:
            yield f"{table}.yaml: {row.get('slug') or row.get('name')} cites general knowledge ({GENERAL_KNOWLEDGE})"
    for source in content.tables["sources"]:
        findable = source["doi"] or source["url"] or source["kind"] in WITHOUT_ADDRESS
        if source["key"] in cited and not findable:
            yield f"sources.yaml: {source['key']} has neither a DOI nor an address"


def _rows_with_sources(tables: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (table, row) for each row that cites sources as a whole; a table may be a mapping of lists."""
    for table, value in tables.items():
        for rows in value.values() if isinstance(value, dict) else [value]:
            yield from ((table, row) for row in rows if "sources" in row)


def _unwanted(text: LocatedText) -> list[str]:
    if TITLES.search(text.where):  # the names of books and groups stay as they are
        return []
    return [f"{place_of(text, f.offset)}: the word “{f.text}”; say {f.instead}" for f in unwanted_words(text.text)]


def _dead_links(text: LocatedText, slugs: set[str]) -> list[str]:
    dead = [m for m in LINK.finditer(text.text) if m[1] not in slugs]
    return [f"{place_of(text, m.start())}: no article is called {m[1]}" for m in dead]


def _broken(text: LocatedText) -> list[str]:
    errors = [(int(e[5 : e.index(":")]), e[e.index(":") + 2 :]) for e in structure_errors(text.text)]
    return [f"{text.path.name}:{text.line + number - 1}: {message}" for number, message in errors]
