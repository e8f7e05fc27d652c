"""The figures of the transparency page as CSV and JSON. Small counts are suppressed by the charts that they are taken from."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.open_data import about, open_json, open_to_all
from forum.oversight.monthly_counts import Month, MonthlyCounts
from forum.oversight.suppression import MIN_COUNT
from forum.oversight.transparency import FEW, charts, counts_or_404

SCHEMA = 1  # raise it when a field is removed or changes its meaning
FIELDS = {
    "month": "The finished month that the file is about, such as 2027-01.",
    "table": "Which figure it is: see below.",
    "what": "The row, in the words of the page. “Together: …” is the sum of rows that are too small to be shown.",
    "value": f"A whole number. Empty (null in JSON): fewer than {MIN_COUNT}.",
    "unit": "What the value counts: posts, reports, appeals, decisions, actions, or minutes.",
}
UNITS = {
    "outcomes": "posts",
    "changes": "posts",
    "rejected": "posts",
    "afterwards": "actions",
    "reports": "reports",
    "appeals": "appeals",
    "stories": "decisions",
    "made": "reports or appeals",
    "months": "posts",
}
TABLES = {
    "outcomes": "What clinicians decided on the posts that they reviewed.",
    "changes": "Why posts were sent back. Left out if their number is.",
    "rejected": "Why posts were not published. Left out if their number is.",
    "afterwards": "What was done after publication.",
    "reports": "How the reports ended that were closed in the month.",
    "appeals": "How the appeals ended that were answered in the month.",
    "stories": "What clinicians decided on the stories that members offer to the guide.",
    "made": "Reports and appeals that members made in the month.",
    "months": "Posts reviewed in each of up to twelve months that end with this one.",
    "median-wait": "In each of these months, half of the posts were decided within so many minutes.",
    "p90-wait": "In each of these months, nine in ten posts were decided within so many minutes.",
}


class Figure(NamedTuple):
    """A row of the files. Its fields are explained in FIELDS."""

    month: str
    table: str
    what: str
    value: int | None
    unit: str


@require_safe
def figures_csv(request: HttpRequest, year: int, month: int) -> HttpResponse:
    chosen, found = counts_or_404(year, month)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerows([Figure._fields, *figures(chosen, found)])
    name = f"transparency-{_iso(chosen)}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return open_to_all(HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers))


@require_safe
def figures_json(request: HttpRequest, year: int, month: int) -> HttpResponse:
    chosen, found = counts_or_404(year, month)
    data: dict[str, Any] = {
        "schema": SCHEMA,
        **about(),
        "figures": [row._asdict() for row in figures(chosen, found)],
    }
    return open_json(data)


def figures(month: Month, found: MonthlyCounts) -> Iterator[Figure]:
    """Yield the rows of the page's charts, then the waiting times of the months that have enough posts."""
    own = _iso(month)
    for chart in charts(found):
        for bar in chart.bars if chart.key in UNITS else []:
            yield Figure(own, chart.key, bar.label, None if bar.words == FEW else int(bar.size), UNITS[chart.key])
    for table, key in (("median-wait", "median"), ("p90-wait", "p90")):
        for other, row in found.months.items():
            if row["read"] >= MIN_COUNT:
                yield Figure(own, table, str(other), round(row[key].total_seconds() / 60), "minutes")


def _iso(month: Month) -> str:
    return f"{month.year}-{month.number:02}"
