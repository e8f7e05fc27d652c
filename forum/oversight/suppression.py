"""What may be shown of counts about people: nothing below five, and nothing from which such a number could be worked out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

LEAST = 5


@dataclass(frozen=True)
class Shown:
    """`cells` may be read one by one; those named in `together` only as their sum `rest`. No total: fewer than five in all."""

    total: int | None
    cells: dict[str, int] = field(default_factory=dict)
    together: list[str] = field(default_factory=list)
    rest: int = 0


def withhold(cells: Mapping[str, int]) -> Shown:
    """Put the small cells together, with the smallest large ones until their sum is at least five.

    None counts as small as well: that nobody's post was refused would be a fact about few. A single small cell never
    stands alone beside the total, so it cannot be worked out by taking the others away from it.
    """
    total = sum(cells.values())
    if total < LEAST:
        return Shown(None, together=list(cells))
    hidden = {name for name, count in cells.items() if count < LEAST}
    by_size = sorted(cells, key=lambda name: (cells[name], name))
    while hidden and sum(cells[name] for name in hidden) < LEAST:
        hidden.add(next(name for name in by_size if name not in hidden))
    seen = {name: count for name, count in cells.items() if name not in hidden}
    return Shown(total, seen, [name for name in cells if name in hidden], total - sum(seen.values()))
