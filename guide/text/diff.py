"""How two texts differ: line by line, and the changed words inside a line. Pure functions; a leaf."""

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
MOST_WORDS = 4_000  # in one changed line; beyond it the line is shown as replaced, so that a page never hangs
PLACEHOLDERS = [
    (re.compile(r'<sup\s+data-cite="([^"]*)"\s*></sup>'), r"<sup> [\1]</sup>"),
    (re.compile(r'<div data-part="([^"]*)"></div>'), r"<p>[[\1]]</p>"),
]


class Piece(NamedTuple):
    """A stretch of words: `sign` is “+” for new, “-” for old, and empty for what stayed."""

    sign: str
    text: str


class Row(NamedTuple):
    """One line on either side, with its number from 1; a side that has none is None."""

    old_number: int | None
    old: list[Piece]
    new_number: int | None
    new: list[Piece]

    @property
    def changed(self) -> bool:
        return any(piece.sign for piece in [*self.old, *self.new]) or None in (self.old_number, self.new_number)


class Gap(NamedTuple):
    """Lines in a row that are the same on both sides and are left out."""

    lines: int


def rows(old: str, new: str) -> list[Row]:
    """Every line of both texts, beside each other."""
    one, two = old.splitlines(), new.splitlines()
    found: list[Row] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        for i, j in zip_longest(range(a, b), range(c, d)):
            left, right = one[i] if i is not None else None, two[j] if j is not None else None
            was, now = ([Piece("", left or "")], [Piece("", right or "")]) if kind == "equal" else _sides(left, right)
            found.append(Row(None if i is None else i + 1, was, None if j is None else j + 1, now))
    return found


def near_changes(all_rows: list[Row], around: int = 2) -> list[Row | Gap]:
    """The changed rows with what stands around them; the rest as gaps."""
    near = {n for i, row in enumerate(all_rows) if row.changed for n in range(i - around, i + around + 1)}
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
    """Both sides as one line, old words before the new ones that take their place."""
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
    """Both texts as one, old words before the new ones that take their place; punctuation is compared by itself.

    The texts of the pieces that are not “-” make up `new`, and of those that are not “+” `old`.
    """
    one, two = TOKEN.findall(old), TOKEN.findall(new)
    start = _same_from_start(one, two)
    end = _same_from_start(one[start:][::-1], two[start:][::-1])
    middle, replacing = one[start : len(one) - end], two[start : len(two) - end]
    found = [Piece("", "".join(one[:start])), *_pieces(middle, replacing, _in_blocks(middle, replacing))]
    return [piece for piece in [*found, Piece("", "".join(one[len(one) - end :]))] if piece.text]


def _same_from_start(one: list[str], two: list[str]) -> int:
    """How many words at the start are the same."""
    return next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))


def _pieces(one: list[str], two: list[str], opcodes: Iterable[tuple[str, int, int, int, int]]) -> list[Piece]:
    found = []
    for kind, a, b, c, d in opcodes:
        sides = [("", one[a:b])] if kind == "equal" else [("-", one[a:b]), ("+", two[c:d])]
        found += [Piece(sign, "".join(words)) for sign, words in sides if words]
    return found


def _opcodes(one: list[str], two: list[str]) -> list[tuple[str, int, int, int, int]]:
    if max(len(one), len(two)) > MOST_WORDS and one != two:
        return [("replace", 0, len(one), 0, len(two))]
    return list(SequenceMatcher(None, one, two, autojunk=max(len(one), len(two)) > MOST_WORDS // 4).get_opcodes())


def rendered(old: str, new: str) -> tuple[str, str, str]:
    """Two sanitised pages with their changed words marked: the old one, the new one, and the new one with what went.

    Words are compared, tags are left as they are, so what comes out is nested as well as what went in.
    """
    for pattern, words in PLACEHOLDERS:
        old, new = pattern.sub(words, old), pattern.sub(words, new)
    one, two = list(_words(old)), list(_words(new))
    gone: set[int] = set()
    come: set[int] = set()
    before: dict[int, str] = {}
    for kind, a, b, c, d in _in_blocks(one, two):
        if kind != "equal":
            gone |= set(range(a, b))
            come |= set(range(c, d))
            before[c] = before.get(c, "") + " ".join(w.strip() for w in one[a:b] if w.strip())
    return _mark(old, gone, "del", {}), _mark(new, come, "ins", {}), _mark(new, come, "ins", before)


def _words(html: str) -> Iterator[str]:
    for piece in PIECE.findall(html):
        if not piece.startswith("<"):
            yield from (word.strip() for word in WORD.findall(piece))


def _in_blocks(one: list[str], two: list[str]) -> list[tuple[str, int, int, int, int]]:
    """Quick for long pages: popular words are no anchors there, and what lies between anchors is compared again."""
    if max(len(one), len(two)) <= MOST_WORDS // 4:
        return _opcodes(one, two)
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, one, two).get_opcodes():
        if kind == "replace" and max(b - a, d - c) <= MOST_WORDS // 4:
            inner = _opcodes(one[a:b], two[c:d])
            found += [(k, a + i, a + j, c + m, c + n) for k, i, j, m, n in inner]
        else:
            found.append((kind, a, b, c, d))
    return found


def _mark(html: str, marked: set[int], tag: str, before: dict[int, str]) -> str:
    at, out = 0, []
    for piece in PIECE.findall(html):
        if piece.startswith("<"):
            out.append(piece)
            continue
        for word in WORD.findall(piece):
            if before.get(at):
                out.append(f"<del>{before[at]}</del> ")
            out.append(f"<{tag}>{word}</{tag}>" if at in marked and word.strip() else word)
            at += 1
    last = before.get(at)
    return "".join(out) + (f"<p><del>{last}</del></p>" if last else "")


def plain(pieces: list[Piece]) -> str:
    """The words of a line as HTML, changed ones in <ins> and <del>."""
    tags = {"+": "ins", "-": "del"}
    return "".join(f"<{tags[p.sign]}>{escape(p.text)}</{tags[p.sign]}>" if p.sign else escape(p.text) for p in pieces)


@dataclass(frozen=True)
class Line:
    """A row of the table of differences: numbers and marked words of both sides, or how many lines were left out."""

    old_number: int | None = None
    new_number: int | None = None
    old: SafeString | str = ""
    new: SafeString | str = ""
    both: SafeString | str = ""
    left_out: int = 0


class FieldDiff(NamedTuple):
    """One field that differs: its name in code, its label, and the lines around each change."""

    key: str
    label: str
    lines: list[Line]


def diff_fields(fields: Iterable[tuple[str, str, str, str]]) -> list[FieldDiff]:
    """The fields that differ, of (name, label, old text, new text)."""
    return [FieldDiff(key, label, _lines(old, new)) for key, label, old, new in fields if old != new]


def _lines(old: str, new: str) -> list[Line]:
    return [Line(left_out=row.lines) if isinstance(row, Gap) else _line(row) for row in near_changes(rows(old, new))]


def _line(row: Row) -> Line:
    old, new, both = (mark_safe(plain(pieces)) for pieces in (row.old, row.new, inline(row)))  # noqa: S308
    return Line(row.old_number, row.new_number, old, new, both)
