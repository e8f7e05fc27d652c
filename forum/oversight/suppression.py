"""Suppression of small counts: nothing below five is shown or can be derived."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MIN_COUNT = 5


@dataclass(frozen=True)
class Shown:
    """`cells` are shown one by one, those in `merged` only as their sum. `total` is None if it is below MIN_COUNT."""

    total: int | None
    cells: dict[str, int] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    merged_sum: int = 0


def suppress(cells: Mapping[str, int]) -> Shown:
    """Merge small cells, adding the smallest large ones until the sum is at least MIN_COUNT.

    Zero counts as small: that no post was refused is also information about few people. A small cell is never the only
    merged one, so it cannot be derived by subtracting the others from the total.
    """
    total = sum(cells.values())
    if total < MIN_COUNT:
        return Shown(None, merged=list(cells))
    hidden = {name for name, count in cells.items() if count < MIN_COUNT}
    by_size = sorted(cells, key=lambda name: (cells[name], name))
    while hidden and sum(cells[name] for name in hidden) < MIN_COUNT:
        hidden.add(next(name for name in by_size if name not in hidden))
    seen = {name: count for name, count in cells.items() if name not in hidden}
    return Shown(total, seen, [name for name in cells if name in hidden], total - sum(seen.values()))
