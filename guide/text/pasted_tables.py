"""Tables of pasted HTML as Markdown, which has neither merged cells nor paragraphs inside a cell."""

from typing import NamedTuple

MAX_SPAN = 20
ENDS = (".", ",", ";", ":", "!", "?")


class CellPart(NamedTuple):
    text: str
    is_item: bool


def joined(parts: list[CellPart]) -> str:
    """Join the paragraphs and items of a cell into one line. Their numbers stay apart."""
    out = ""
    for part in parts:
        goes_on = out.rstrip("*").endswith(ENDS) or (part.text.lstrip("*")[:1].islower() and not part.is_item)
        out += f"{' ' if goes_on else '; '}{part.text}" if out else part.text
    return out.replace("|", "\\|")


class PastedTable:
    """Rows of cells. A merged cell becomes one cell and empty ones, so that all others stay in their columns."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.merged = 0
        self._from_above: dict[int, int] = {}  # for how many more rows a cell above fills a column

    def start_row(self) -> None:
        self._fill()
        self.rows.append([])

    def add_cell(self, text: str, wide: int, high: int) -> None:
        if not self.rows:
            self.rows.append([])
        self._fill()
        row, wide, high = self.rows[-1], min(max(wide, 1), MAX_SPAN), min(max(high, 1), MAX_SPAN)
        self.merged += wide > 1 or high > 1
        for column in range(len(row), len(row) + wide):
            self._from_above[column] = high - 1
        row += [text, *[""] * (wide - 1)]

    def _fill(self) -> None:
        """Add empty cells for the columns that a cell above fills."""
        row = self.rows[-1] if self.rows else []
        while self._from_above.get(len(row), 0) > 0:
            self._from_above[len(row)] -= 1
            row.append("")

    def markdown(self) -> str:
        self._fill()
        rows = [row for row in self.rows if any(row)]
        if not rows:
            return ""
        width = max(map(len, rows))
        drawn = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
        return "\n".join([drawn[0], "|" + "---|" * width, *drawn[1:]])
