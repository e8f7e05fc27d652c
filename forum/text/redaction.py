"""Redactions: spans that readers see as ▮▮▮. The stored text stays as its author wrote it."""

from collections.abc import Iterable
from typing import Protocol

REDACTED = "▮▮▮"


class Span(Protocol):
    start: int
    end: int


def redact(text: str, spans: Iterable[Span]) -> str:
    """Replace each span; spans that overlap or touch become one. A span may reach beyond the text."""
    pieces: list[str] = []
    at = 0
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        start, end = min(span.start, len(text)), min(span.end, len(text))
        if end <= at:
            continue
        if start > at or not pieces:
            pieces += [text[at:start], REDACTED]
        at = end
    return "".join([*pieces, text[at:]])
