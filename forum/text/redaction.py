"""Spans of a text that readers see as ▮▮▮. A leaf: the words themselves stay as their author wrote them."""

from collections.abc import Iterable
from typing import Protocol

COVERED = "▮▮▮"


class Span(Protocol):
    start: int
    end: int


def covered(text: str, spans: Iterable[Span]) -> str:
    """The text with every span replaced; spans that overlap or touch become one. Ends beyond the text end with it."""
    pieces: list[str] = []
    at = 0
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        start, end = min(span.start, len(text)), min(span.end, len(text))
        if end <= at:
            continue
        if start > at or not pieces:
            pieces += [text[at:start], COVERED]
        at = end
    return "".join([*pieces, text[at:]])
