"""Rules for the guide's text beyond what loading needs; each error names its line."""

import re
from collections.abc import Iterator

from guide.text.located_text import LocatedText

MARK = re.compile(r"\[\^[^\]]+\]")
GENERAL_KNOWLEDGE = "S0"  # cited in drafts by a claim that still needs a source
LINK = re.compile(r"\]\(([a-z0-9-]+)(?:#[a-z0-9-]+)?\)")
START_OF_BLOCK = re.compile(r"([-*]|\d+\.)\s|\||#|:::|\[\[")
INLINE_BLOCK = re.compile(r"\S\s*\[\[[a-z-]+(?::[a-z0-9-]+)?\]\]|\[\[[a-z-]+(?::[a-z0-9-]+)?\]\]\s*\S")


def structure_errors(text: str) -> list[str]:
    """Return what would display wrongly, as `line N: message`: an unclosed callout, a page block within a sentence."""
    found, opened = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        mark = line.strip()
        if mark.startswith(":::"):
            closes = mark == ":::"
            if closes != bool(opened):
                found.append(f"line {opened or number}: this callout has no {'beginning' if closes else 'end'} (:::)")
            opened = 0 if closes else number
        elif INLINE_BLOCK.search(line):
            found.append(f"line {number}: a part must be alone on its line")
    return [*found, f"line {opened}: this callout has no end (:::)"] if opened else found


def unsourced(text: LocatedText) -> Iterator[str]:
    """Yield an error for each paragraph, list item and table row without a citation, except a lead-in ending in a colon."""
    for offset, block in _blocks(text.text):
        if not MARK.search(block) and not block.endswith(":"):
            yield f"{place_of(text, offset)}: no source for “{block[:60]}”"


def general_knowledge(text: LocatedText) -> Iterator[str]:
    """Yield an error for each claim that cites general knowledge instead of a source."""
    for mark in re.finditer(rf"\[\^{GENERAL_KNOWLEDGE}\]", text.text):
        yield f"{place_of(text, mark.start())}: general knowledge (S0) isn't a source; find one, or say less"


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    offset, start, block, in_table = 0, 0, "", False
    for line in [*text.split("\n"), ""]:
        plain = line.strip()
        if block and (not plain or START_OF_BLOCK.match(plain)):
            yield start, block
            block = ""
        is_table_heading = plain.startswith("|") and not in_table
        in_table = plain.startswith("|")
        if plain and not plain.startswith(("#", ":::", "[[")) and not is_table_heading and plain.strip("|-: "):
            start, block = (start, f"{block} {plain}") if block else (offset, plain)
        offset += len(line) + 1


def place_of(text: LocatedText, offset: int) -> str:
    return f"{text.path.name}:{text.line + text.text.count(chr(10), 0, offset)}"
