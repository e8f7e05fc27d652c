"""The public page on how posts are reviewed: one finished month, drawn as bars, with every number in a table."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from forum.oversight.monthly_counts import (
    AFTERWARDS,
    APPEALS,
    MONTHS,
    OUTCOMES,
    REPORTS,
    Counted,
    Month,
    counted,
    in_words,
    last_month,
    month_from,
)
from forum.oversight.suppression import LEAST, Shown, withhold
from forum.text.bar_chart import Bar, Chart

FEW = f"fewer than {LEAST}"
REASONS = {"changes": "Why posts were sent back", "rejected": "Why posts were not published"}


@require_safe
def transparency(request: HttpRequest, year: int | None = None, month: int | None = None) -> HttpResponse:
    """The newest month that is over, or the one of the address."""
    newest = last_month()
    chosen = newest if year is None or month is None else month_from(year, month)
    if chosen is None:
        raise Http404
    found = counted(chosen)
    if not found.months and chosen != newest:
        raise Http404
    context = {"month": chosen, "newest": newest, "least": LEAST, **_facts(chosen, found)}
    return render(
        request, "forum/oversight/transparency.html", context | {"charts": _charts(found)} | _around(chosen, found)
    )


def _facts(month: Month, found: Counted) -> dict[str, Any]:
    row = found.months.get(month)
    if row is None or row["read"] < LEAST:
        return {"read": FEW, "median": "", "p90": ""}
    return {"read": row["read"], "median": in_words(row["median"]), "p90": in_words(row["p90"])}


def _around(month: Month, found: Counted) -> dict[str, Any]:
    """Where one can go from here: later, while there is a later month; earlier, as long as anything was read then."""
    later, earlier = month.moved(1), month.moved(-1)
    there = any(other < month for other in found.months)
    return {"later": later if later.is_over else None, "earlier": earlier if there else None}


def _charts(found: Counted) -> list[Chart]:
    outcomes = withhold(found.outcomes)
    charts = [_by_share("outcomes", "What became of the posts", OUTCOMES, outcomes, "posts reviewed")]
    for key, title in REASONS.items():
        if key in outcomes.cells:  # else the sum of its reasons would tell what is not to be told
            charts.append(_by_share(key, title, found.titles, withhold(found.reasons[key]), "posts"))
    charts.append(_by_share("afterwards", "What was done after publication", AFTERWARDS, withhold(found.afterwards)))
    charts.append(_by_share("reports", "How reports ended", REPORTS, withhold(found.reports), "reports closed"))
    charts.append(_by_share("appeals", "How appeals ended", APPEALS, withhold(found.appeals), "appeals answered"))
    return [*charts, _made(found), *_trends(found)]


def _by_share(key: str, title: str, names: Mapping[str, str], shown: Shown, what: str = "posts") -> Chart:
    """Each cell with its share of all; what is rare stands together in the last row."""
    columns = ["What", "How many", "Share"]
    if shown.total is None:
        return Chart(key, title, f"There were {FEW} {what} in this month.", columns, [])
    if not shown.cells:
        finding = f"{shown.total:,} {what} in this month; no single one of these often enough to be shown by itself."
        return Chart(key, title, finding, columns, [])
    bars = [_bar(names.get(code, "Another reason"), n, shown.total) for code, n in _largest_first(shown.cells)]
    if shown.together:
        bars.append(_bar(_together(names, shown.together), shown.rest, shown.total))
    return Chart(key, title, f"{shown.total:,} {what} in this month.", columns, bars)


def _largest_first(cells: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(cells.items(), key=lambda cell: -cell[1])


def _together(names: Mapping[str, str], codes: list[str]) -> str:
    """Named one by one where they are few."""
    if len(codes) > len(OUTCOMES) // 2:
        return "Everything else together"
    return "Together: " + ", ".join(names.get(code, "another reason").rstrip(".").lower() for code in codes)


def _bar(label: str, n: int, total: int) -> Bar:
    return Bar(label, n, f"{n:,}", f"{100 * n / total:.0f} %")


def _made(found: Counted) -> Chart:
    rows = {"Reports made": found.reported, "Appeals made": found.appealed}
    bars = [Bar(name, n if n >= LEAST else 0, f"{n:,}" if n >= LEAST else FEW) for name, n in rows.items()]
    finding = "What members asked to be looked at again. Some of it was answered in a later month."
    return Chart("made", "Reports and appeals made", finding, ["What", "How many"], bars)


def _trends(found: Counted) -> list[Chart]:
    """The months up to this one: how much was read, and how long it waited."""
    rows = [(month, row, row["read"] >= LEAST) for month, row in found.months.items()]
    read = [
        Bar(str(m), row["read"] if many else 0, f"{row['read']:,}" if many else FEW, link=_link(m))
        for m, row, many in rows
    ]
    waits = [
        Bar(str(m), row["median"].total_seconds(), in_words(row["median"]), in_words(row["p90"]), _link(m))
        for m, row, many in rows
        if many
    ]
    span = f"up to {MONTHS} months"
    columns = ["Month", "Half within", "Nine in ten within"]
    return [
        Chart("months", "Posts reviewed by month", f"The {span} until this one.", ["Month", "Posts reviewed"], read),
        Chart("waits", "How long posts waited", "The bars show the median of each month.", columns, waits),
    ]


def _link(month: Month) -> str:
    return reverse("forum:transparency-month", args=[month.year, month.number])
