"""Marks and levels of list items while pasted HTML is read."""

import re
from dataclasses import dataclass

MAX_LEVELS = 8
MAX_NUMBER_LENGTH = 9  # digits; Markdown reads no longer number
ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def number_or(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_NUMBER_LENGTH else default


def marker_number(marker: str, expected: int) -> int | None:
    """Return the number in Word's marker, such as "3.", "2.3", "c)" or "iii.", or None for a bullet.

    A letter such as i is read as a Roman numeral if that gives the expected number.
    """
    text = marker.strip().partition(" ")[0]
    last = text.strip("().").rpartition(".")[2].lower()
    if last.isascii() and last.isdecimal():
        return number_or(last, expected)
    if not text.endswith((".", ")")) or not re.fullmatch("[a-z]|[ivxlc]{1,7}", last):
        return None
    roman = _roman(last) if set(last) <= set(ROMAN) else 0
    letter = ord(last) - ord("a") + 1 if len(last) == 1 else roman
    return roman if roman and expected == roman else letter


def _roman(text: str) -> int:
    values = [ROMAN[c] for c in text]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


@dataclass
class _Level:
    level: int
    width: int
    number: int


class ItemLevels:
    """The open levels, outermost first. An item is indented by the width of the marks above it."""

    def __init__(self) -> None:
        self._open: list[_Level] = []

    def clear(self) -> None:
        self._open.clear()

    def continuation(self, level: int) -> str:
        """Return the indentation of a paragraph that belongs to the last item of a level."""
        return " " * sum(each.width for each in self._open if each.level <= level)

    def expected(self, level: int) -> int:
        """Return the number that follows the last item of a level."""
        return next((each.number + 1 for each in self._open if each.level == level), 1)

    def prefix(self, level: int, number: int | None) -> str:
        """Open an item and return its mark with its indentation."""
        mark = "- " if number is None else f"{number}. "
        self._open = [each for each in self._open if each.level < level][: MAX_LEVELS - 1]
        indent = " " * sum(each.width for each in self._open)
        self._open.append(_Level(level, len(mark), number or 0))
        return indent + mark
