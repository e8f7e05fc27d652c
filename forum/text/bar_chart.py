"""Bar charts drawn on the server as SVG, without scripts or inline styles. A table below shows the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

WIDTH, BAR_HEIGHT, LINE_HEIGHT, GAP = 420, 14, 19, 12  # SVG units
LABEL_CHARACTERS = 46  # per line of a label
VALUE_WIDTH = 84  # for the value at the end of a bar


@dataclass(frozen=True)
class Bar:
    """One row: its label, the size of its bar, and the value in words for chart and table."""

    label: str
    size: float
    words: str
    more: str = ""
    link: str = ""


@dataclass(frozen=True)
class DrawnBar:
    lines: list[tuple[int, str]]
    top: int
    length: int
    words: str

    @property
    def end(self) -> int:
        return self.length + 8

    @property
    def base(self) -> int:
        return self.top + BAR_HEIGHT - 2


@dataclass(frozen=True)
class Chart:
    """`key` is unique on the page; `finding` says in a sentence what the bars show."""

    key: str
    title: str
    finding: str
    columns: Sequence[str]
    bars: Sequence[Bar]

    @property
    def drawn(self) -> list[DrawnBar]:
        largest = max((bar.size for bar in self.bars), default=0) or 1
        rows, y = [], 0
        for bar in self.bars:
            lines = [
                (y + LINE_HEIGHT * n + 14, text) for n, text in enumerate(wrap(bar.label, LABEL_CHARACTERS) or [""])
            ]
            top = y + LINE_HEIGHT * len(lines) + 2
            length = round((WIDTH - VALUE_WIDTH) * bar.size / largest) if bar.size else 0
            rows.append(DrawnBar(lines, top, max(length, 2), bar.words))
            y = top + BAR_HEIGHT + GAP
        return rows

    @property
    def height(self) -> int:
        return self.drawn[-1].top + BAR_HEIGHT + 4 if self.bars else 0
