"""Sentences of a Markdown text with the marks that follow them, and the spans that lint leaves alone. Pure functions."""

import re
from collections.abc import Iterator
from typing import NamedTuple

MEANT = "[^meant]"  # after a sentence whose words are meant: a quotation, a title, or a mention that needs no safety message
END = re.compile(r"[.!?…]+[\"”’)*_]*((?:\s?\[\^[^\]\n]+\])*)(?=\s+[\"“‘(*_\[A-Z0-9]|\s*$)")
ABBREVIATION = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|St|vs|e\.g|i\.e|U\.S|approx|No)\.$")
START_OF_BLOCK = re.compile(r"([-*]|\d+\.)\s|\||#|:::|\[\[")
CODE = re.compile(r"^(`{3,}|~{3,}).*?^\1|(`+)[^`\n]+\2|\\[^\w\s]", re.MULTILINE | re.DOTALL)


class Sentence(NamedTuple):
    """A sentence with the citations after it, and its offset in the text."""

    offset: int
    text: str


def without_code(text: str) -> str:
    """Replace code and escaped characters, which mean nothing in Markdown, with spaces; offsets stay the same."""
    return CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def blocks(text: str) -> Iterator[Sentence]:
    """Yield each paragraph, list item and table row, without headings, the heads of tables, boxes and parts."""
    offset, start, end, in_table = 0, -1, 0, False
    for line in [*text.split("\n"), ""]:
        plain = line.strip()
        if start >= 0 and (not plain or START_OF_BLOCK.match(plain)):
            yield Sentence(start, text[start:end].strip())
            start = -1
        is_table_heading = plain.startswith("|") and not in_table
        in_table = plain.startswith("|")
        if plain and not plain.startswith(("#", ":::", "[[")) and not is_table_heading and plain.strip("|-: "):
            start = start if start >= 0 else offset + line.index(plain[0])
            end = offset + len(line)
        offset += len(line) + 1


def sentences(block: Sentence) -> list[Sentence]:
    """Split a block; a row of a table is one sentence."""
    found, start = [], 0
    for match in END.finditer(block.text) if not block.text.startswith("|") else []:
        if not ABBREVIATION.search(block.text, 0, match.start() + 1):
            found.append((start, block.text[start : match.end()]))
            start = match.end()
    found.append((start, block.text[start:]))
    return [Sentence(block.offset + at, words) for at, words in found if re.search(r"\w", words)]


def without_meant(text: str) -> str:
    """Replace each sentence with MEANT with spaces; offsets stay the same."""
    if MEANT not in text:
        return text
    for block in blocks(text):
        for sentence in sentences(block):
            if MEANT in sentence.text:
                end = sentence.offset + len(sentence.text)
                text = text[: sentence.offset] + re.sub(r"[^\n]", " ", sentence.text) + text[end:]
    return text
