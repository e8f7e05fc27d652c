"""Bars drawn on the server as SVG: no script, no inline style; the same figures stand in a table beneath."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

WIDE, BAR, LINE, GAP = 420, 14, 19, 12  # in units of the drawing
LETTERS = 46  # of a label in one line
ROOM = 84  # for the words at the end of a bar


@dataclass(frozen=True)
class Bar:
    """One row: what it is, how long its bar is, and the words for it in the chart and the table."""

    label: str
    size: float
    words: str
    more: str = ""
    link: str = ""


@dataclass(frozen=True)
class Drawn:
    lines: list[tuple[int, str]]
    top: int
    length: int
    words: str

    @property
    def end(self) -> int:
        return self.length + 8

    @property
    def base(self) -> int:
        return self.top + BAR - 2


@dataclass(frozen=True)
class Chart:
    """`key` is unique on the page; `finding` says in a sentence what the bars show."""

    key: str
    title: str
    finding: str
    columns: Sequence[str]
    bars: Sequence[Bar]

    @property
    def drawn(self) -> list[Drawn]:
        largest = max((bar.size for bar in self.bars), default=0) or 1
        rows, y = [], 0
        for bar in self.bars:
            lines = [(y + LINE * n + 14, text) for n, text in enumerate(wrap(bar.label, LETTERS) or [""])]
            top = y + LINE * len(lines) + 2
            length = round((WIDE - ROOM) * bar.size / largest) if bar.size else 0
            rows.append(Drawn(lines, top, max(length, 2), bar.words))
            y = top + BAR + GAP
        return rows

    @property
    def height(self) -> int:
        return self.drawn[-1].top + BAR + 4 if self.bars else 0
