"""Differences between two texts, by line and by word. Pure functions."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from itertools import zip_longest
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

WORD = re.compile(r"\S+\s*|\s+")
TOKEN = re.compile(r"\s+|[^\s\w]|\w+")
PIECE = re.compile(r"<[^>]*>|[^<]+")
MAX_WORDS = 4_000  # in one changed line; a longer line is shown as replaced, to limit the time
PLACEHOLDERS = [
    (re.compile(r'<sup\s+data-cite="([^"]*)"\s*></sup>'), r"<sup> [\1]</sup>"),
    (re.compile(r'<div data-part="([^"]*)"></div>'), r"<p>[[\1]]</p>"),
]


class Piece(NamedTuple):
    """A run of words: `sign` is “+” for new, “-” for old, and empty for unchanged ones."""

    sign: str
    text: str


class Row(NamedTuple):
    """A line on both sides, with its numbers from 1; a missing side has None."""

    old_number: int | None
    old: list[Piece]
    new_number: int | None
    new: list[Piece]

    @property
    def changed(self) -> bool:
        return any(piece.sign for piece in [*self.old, *self.new]) or None in (self.old_number, self.new_number)


class Gap(NamedTuple):
    """A run of unchanged lines that is left out."""

    lines: int


def rows(old: str, new: str) -> list[Row]:
    """Return every line of both texts, side by side."""
    one, two = old.splitlines(), new.splitlines()
    found: list[Row] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        for i, j in zip_longest(range(a, b), range(c, d)):
            left, right = one[i] if i is not None else None, two[j] if j is not None else None
            pieces = ([Piece("", left or "")], [Piece("", right or "")]) if kind == "equal" else _sides(left, right)
            found.append(Row(None if i is None else i + 1, pieces[0], None if j is None else j + 1, pieces[1]))
    return found


def near_changes(all_rows: list[Row], context: int = 2) -> list[Row | Gap]:
    """Return the changed rows with some context, and the rest as gaps."""
    near = {n for i, row in enumerate(all_rows) if row.changed for n in range(i - context, i + context + 1)}
    found: list[Row | Gap] = []
    for i, row in enumerate(all_rows):
        if i in near:
            found.append(row)
        elif found and isinstance(found[-1], Gap):
            found[-1] = Gap(found[-1].lines + 1)
        else:
            found.append(Gap(1))
    return found


def inline(row: Row) -> list[Piece]:
    """Merge both sides into one line, old words before the new ones that replace them."""
    found, left, right = [], list(row.old), list(row.new)
    while left or right:
        if left and left[0].sign == "-":
            found.append(left.pop(0))
        elif right and right[0].sign == "+":
            found.append(right.pop(0))
        else:
            found.append((right or left)[0])
            left, right = left[1:], right[1:]
    return found


def _sides(old: str | None, new: str | None) -> tuple[list[Piece], list[Piece]]:
    if old is None or new is None:
        return [Piece("-", old)] if old is not None else [], [Piece("+", new)] if new is not None else []
    one, two = WORD.findall(old), WORD.findall(new)
    found = _pieces(one, two, _opcodes(one, two))
    return [p for p in found if p.sign != "+"], [p for p in found if p.sign != "-"]


def changes(old: str, new: str) -> list[Piece]:
    """Merge both texts into one, old words before the new ones that replace them; punctuation is compared separately.

    The pieces that are not “-” make up `new`, and those that are not “+” make up `old`.
    """
    one, two = TOKEN.findall(old), TOKEN.findall(new)
    start = _same_from_start(one, two)
    end = _same_from_start(one[start:][::-1], two[start:][::-1])
    middle, replacing = one[start : len(one) - end], two[start : len(two) - end]
    found = [Piece("", "".join(one[:start])), *_pieces(middle, replacing, _in_blocks(middle, replacing))]
    return [piece for piece in [*found, Piece("", "".join(one[len(one) - end :]))] if piece.text]


def _same_from_start(one: list[str], two: list[str]) -> int:
    """Return how many words at the start are equal."""
    return next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))


def _pieces(one: list[str], two: list[str], opcodes: Iterable[tuple[str, int, int, int, int]]) -> list[Piece]:
    found = []
    for kind, a, b, c, d in opcodes:
        sides = [("", one[a:b])] if kind == "equal" else [("-", one[a:b]), ("+", two[c:d])]
        found += [Piece(sign, "".join(words)) for sign, words in sides if words]
    return found


def _opcodes(one: list[str], two: list[str]) -> list[tuple[str, int, int, int, int]]:
    if max(len(one), len(two)) > MAX_WORDS and one != two:
        return [("replace", 0, len(one), 0, len(two))]
    return list(SequenceMatcher(None, one, two, autojunk=max(len(one), len(two)) > MAX_WORDS // 4).get_opcodes())


def rendered(old: str, new: str) -> tuple[str, str, str]:
    """Mark the changed words of two sanitized pages. Return the old page, the new page, and both in one.

    Only words are compared and tags stay as they are, so the result is nested as correctly as the input.
    """
    for pattern, words in PLACEHOLDERS:
        old, new = pattern.sub(words, old), pattern.sub(words, new)
    one, two = list(_words(old)), list(_words(new))
    deleted: set[int] = set()
    inserted: set[int] = set()
    deleted_before: dict[int, str] = {}
    for kind, a, b, c, d in _in_blocks(one, two):
        if kind != "equal":
            deleted |= set(range(a, b))
            inserted |= set(range(c, d))
            deleted_before[c] = deleted_before.get(c, "") + " ".join(w.strip() for w in one[a:b] if w.strip())
    new_page, both = _mark(new, inserted, "ins", {}), _mark(new, inserted, "ins", deleted_before)
    return _mark(old, deleted, "del", {}), new_page, both


def _words(html: str) -> Iterator[str]:
    for piece in PIECE.findall(html):
        if not piece.startswith("<"):
            yield from (word.strip() for word in WORD.findall(piece))


def _in_blocks(one: list[str], two: list[str]) -> list[tuple[str, int, int, int, int]]:
    """Compare long texts fast: frequent words are not used as anchors, and text between anchors is compared again."""
    if max(len(one), len(two)) <= MAX_WORDS // 4:
        return _opcodes(one, two)
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, one, two).get_opcodes():
        if kind == "replace" and max(b - a, d - c) <= MAX_WORDS // 4:
            inner = _opcodes(one[a:b], two[c:d])
            found += [(k, a + i, a + j, c + m, c + n) for k, i, j, m, n in inner]
        else:
            found.append((kind, a, b, c, d))
    return found


def _mark(html: str, marked: set[int], tag: str, deleted_before: dict[int, str]) -> str:
    at, out = 0, []
    for piece in PIECE.findall(html):
        if piece.startswith("<"):
            out.append(piece)
            continue
        for word in WORD.findall(piece):
            if deleted_before.get(at):
                out.append(f"<del>{deleted_before[at]}</del> ")
            out.append(f"<{tag}>{word}</{tag}>" if at in marked and word.strip() else word)
            at += 1
    last = deleted_before.get(at)
    return "".join(out) + (f"<p><del>{last}</del></p>" if last else "")


def to_html(pieces: list[Piece]) -> str:
    """Return a line as HTML, with changed words in <ins> and <del>."""
    tags = {"+": "ins", "-": "del"}
    return "".join(f"<{tags[p.sign]}>{escape(p.text)}</{tags[p.sign]}>" if p.sign else escape(p.text) for p in pieces)


@dataclass(frozen=True)
class Line:
    """A row of the table of differences: numbers and marked text of both sides, or how many lines were left out."""

    old_number: int | None = None
    new_number: int | None = None
    old: SafeString | str = ""
    new: SafeString | str = ""
    both: SafeString | str = ""
    left_out: int = 0


class FieldDiff(NamedTuple):
    """A field that differs: its name, its label, and the lines around each change."""

    key: str
    label: str
    lines: list[Line]


def diff_fields(fields: Iterable[tuple[str, str, str, str]]) -> list[FieldDiff]:
    """Return the fields that differ, given (name, label, old text, new text) of each."""
    return [FieldDiff(key, label, _lines(old, new)) for key, label, old, new in fields if old != new]


def _lines(old: str, new: str) -> list[Line]:
    return [Line(left_out=row.lines) if isinstance(row, Gap) else _line(row) for row in near_changes(rows(old, new))]


def _line(row: Row) -> Line:
    old, new, both = (mark_safe(to_html(pieces)) for pieces in (row.old, row.new, inline(row)))  # noqa: S308
    return Line(row.old_number, row.new_number, old, new, both)
