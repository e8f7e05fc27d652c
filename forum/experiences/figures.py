"""How many members gave which answer, from 20 experiences on and without small counts."""

from collections import Counter
from dataclasses import dataclass

from forum.models import Experience
from forum.oversight.suppression import Shown, suppress

LEAST = 20


@dataclass(frozen=True)
class Figure:
    """One question with its counts. Each member has one experience at most, so these are members."""

    question: str
    shown: Shown


def figures() -> list[Figure]:
    """Return the figures of what readers see, or none while there are fewer than LEAST experiences. One query."""
    rows = list(Experience.objects.public().order_by().values(*Experience.CODED))
    return [_figure(name, rows) for name in Experience.CODED] if len(rows) >= LEAST else []


def _figure(name: str, rows: list[dict[str, str]]) -> Figure:
    counted = Counter(row[name] for row in rows)
    field = Experience._meta.get_field(name)
    cells = {str(label): counted[value] for value, label in Experience.CODED[name].choices}
    return Figure(str(field.verbose_name), suppress(cells))  # type: ignore[union-attr]
