"""Rules that the guide's text must keep, beyond what loading needs: each fault with its file and line."""

import re
from collections.abc import Iterator

from guide.content_io.reader import Content, Text, texts
from guide.lint.house_style import unwanted

MARK = re.compile(r"\[\^[^\]]+\]")
LINK = re.compile(r"\]\(([a-z0-9-]+)(?:#[a-z0-9-]+)?\)")
CITED_FIELDS = re.compile(r"\.(text|answer|definition|description|medicines|good_video|detail|note|warning|in short)$")
START_OF_BLOCK = re.compile(r"([-*]|\d+\.)\s|\||#|:::|\[\[")
LONGEST_SUMMARY = 160  # what search engines show
TITLES = re.compile(r"\.(title|name)$")


PART_INSIDE = re.compile(r"\S\s*\[\[[a-z-]+(?::[a-z0-9-]+)?\]\]|\[\[[a-z-]+(?::[a-z0-9-]+)?\]\]\s*\S")


def breaks(text: str) -> list[str]:
    """What would show wrongly on the page, as `line N: what`: a callout without its end, a part in mid-sentence."""
    found, opened = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        mark = line.strip()
        if mark.startswith(":::"):
            closes = mark == ":::"
            if closes != bool(opened):
                found.append(f"line {opened or number}: this callout has no {'beginning' if closes else 'end'} (:::)")
            opened = 0 if closes else number
        elif PART_INSIDE.search(line):
            found.append(f"line {number}: a part stands alone on its line")
    return [*found, f"line {opened}: this callout has no end (:::)"] if opened else found


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


def _unwanted(text: Text) -> list[str]:
    if TITLES.search(text.where):  # names of books and groups are not ours to change
        return []
    return [f"{_at(text, f.offset)}: the word “{f.words}”; say {f.instead}" for f in unwanted(text.text)]


def _dead_links(text: Text, slugs: set[str]) -> list[str]:
    dead = [m for m in LINK.finditer(text.text) if m[1] not in slugs]
    return [f"{_at(text, m.start())}: no article is called {m[1]}" for m in dead]


def _broken(text: Text) -> list[str]:
    place = [(int(b[5 : b.index(":")]), b[b.index(":") + 2 :]) for b in breaks(text.text)]
    return [f"{text.path.name}:{text.line + number - 1}: {what}" for number, what in place]


def unsourced(text: Text) -> Iterator[str]:
    """Each paragraph, list item and table row needs a citation or [^site]; a lead-in that ends with a colon needs none."""
    for offset, block in _blocks(text.text):
        if not MARK.search(block) and not block.endswith(":"):
            yield f"{_at(text, offset)}: no source for “{block[:60]}”"


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    offset, start, words, in_table = 0, 0, "", False
    for line in [*text.split("\n"), ""]:
        plain = line.strip()
        if words and (not plain or START_OF_BLOCK.match(plain)):
            yield start, words
            words = ""
        heading_of_table = plain.startswith("|") and not in_table
        in_table = plain.startswith("|")
        if plain and not plain.startswith(("#", ":::", "[[")) and not heading_of_table and plain.strip("|-: "):
            start, words = (start, f"{words} {plain}") if words else (offset, plain)
        offset += len(line) + 1


def _at(text: Text, offset: int) -> str:
    return f"{text.path.name}:{text.line + text.text.count(chr(10), 0, offset)}"
