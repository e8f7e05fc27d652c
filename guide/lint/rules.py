"""Rules that the guide's text must keep, beyond what loading needs: each fault with its file and line."""

import re
from collections.abc import Iterator

from guide.text.located_text import LocatedText

MARK = re.compile(r"\[\^[^\]]+\]")
LINK = re.compile(r"\]\(([a-z0-9-]+)(?:#[a-z0-9-]+)?\)")
START_OF_BLOCK = re.compile(r"([-*]|\d+\.)\s|\||#|:::|\[\[")


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


def unsourced(text: LocatedText) -> Iterator[str]:
    """Each paragraph, list item and table row needs a citation or [^site]; a lead-in that ends with a colon needs none."""
    for offset, block in _blocks(text.text):
        if not MARK.search(block) and not block.endswith(":"):
            yield f"{place_of(text, offset)}: no source for “{block[:60]}”"


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


def place_of(text: LocatedText, offset: int) -> str:
    return f"{text.path.name}:{text.line + text.text.count(chr(10), 0, offset)}"
