"""Transparency page: public figures of one finished month, as bar charts with tables."""

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
    STORIES,
    Month,
    MonthlyCounts,
    cached_counts,
    format_duration,
    last_month,
    month_from,
)
from forum.oversight.suppression import MIN_COUNT, Shown, suppress
from forum.text.bar_chart import Bar, Chart

FEW = f"fewer than {MIN_COUNT}"
REASONS = {"changes": "Why posts were sent back", "rejected": "Why posts were not published"}


@require_safe
def transparency(request: HttpRequest, year: int | None = None, month: int | None = None) -> HttpResponse:
    """Show the month in the URL, or the latest finished month."""
    newest = last_month()
    chosen, found = (newest, cached_counts(newest)) if year is None or month is None else counts_or_404(year, month)
    context = {"month": chosen, "newest": newest, "least": MIN_COUNT, **_facts(chosen, found)}
    return render(
        request, "forum/oversight/transparency.html", context | {"charts": charts(found)} | _neighbors(chosen, found)
    )


def counts_or_404(year: int, number: int) -> tuple[Month, MonthlyCounts]:
    """Return a finished month and its counts. Raises Http404 for one without any, unless it is the latest."""
    month = month_from(year, number)
    if month is None:
        raise Http404
    found = cached_counts(month)
    if not found.months and month != last_month():
        raise Http404
    return month, found


def _facts(month: Month, found: MonthlyCounts) -> dict[str, Any]:
    row = found.months.get(month)
    if row is None or row["read"] < MIN_COUNT:
        return {"read": FEW, "median": "", "p90": ""}
    return {"read": row["read"], "median": format_duration(row["median"]), "p90": format_duration(row["p90"])}


def _neighbors(month: Month, found: MonthlyCounts) -> dict[str, Any]:
    """Links to the next finished month, and to the previous one if there are older decisions."""
    later, earlier = month.plus(1), month.plus(-1)
    has_earlier = any(other < month for other in found.months)
    return {"later": later if later.is_over else None, "earlier": earlier if has_earlier else None}


def charts(found: MonthlyCounts) -> list[Chart]:
    """Return the charts of the page, with small counts suppressed."""
    outcomes = suppress(found.outcomes)
    shown = [_by_share("outcomes", "Decisions on posts", OUTCOMES, outcomes, "posts reviewed")]
    for key, title in REASONS.items():
        if key in outcomes.cells:  # otherwise the sum of its reasons would reveal a suppressed count
            shown.append(_by_share(key, title, found.titles, suppress(found.reasons[key]), "posts"))
    shown.append(_by_share("afterwards", "Actions after publication", AFTERWARDS, suppress(found.afterwards)))
    shown.append(_by_share("reports", "How reports ended", REPORTS, suppress(found.reports), "reports closed"))
    shown.append(_by_share("appeals", "How appeals ended", APPEALS, suppress(found.appeals), "appeals answered"))
    shown.append(_by_share("stories", "Decisions on members’ stories", STORIES, suppress(found.stories), "decisions"))
    return [*shown, _made(found), *_trends(found)]


def _by_share(key: str, title: str, names: Mapping[str, str], shown: Shown, what: str = "posts") -> Chart:
    """Each cell with its share of the total; merged cells are the last row."""
    columns = ["What", "How many", "Share"]
    if shown.total is None:
        return Chart(key, title, f"There were {FEW} {what} in this month.", columns, [])
    if not shown.cells:
        finding = f"{shown.total:,} {what} in this month. No single outcome is frequent enough to be shown by itself."
        return Chart(key, title, finding, columns, [])
    bars = [_bar(names.get(code, "Another reason"), n, shown.total) for code, n in _largest_first(shown.cells)]
    if shown.merged:
        bars.append(_bar(_merged_label(names, shown.merged), shown.merged_sum, shown.total))
    return Chart(key, title, f"{shown.total:,} {what} in this month.", columns, bars)


def _largest_first(cells: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(cells.items(), key=lambda cell: -cell[1])


def _merged_label(names: Mapping[str, str], codes: list[str]) -> str:
    """Name the merged rows if there are few of them."""
    if len(codes) > len(OUTCOMES) // 2:
        return "Everything else together"
    return "Together: " + ", ".join(names.get(code, "another reason").rstrip(".").lower() for code in codes)


def _bar(label: str, n: int, total: int) -> Bar:
    return Bar(label, n, f"{n:,}", f"{100 * n / total:.0f} %")


def _made(found: MonthlyCounts) -> Chart:
    rows = {"Reports made": found.reported, "Appeals made": found.appealed}
    bars = [Bar(name, n if n >= MIN_COUNT else 0, f"{n:,}" if n >= MIN_COUNT else FEW) for name, n in rows.items()]
    finding = "Some of these were answered in a later month."
    return Chart("made", "Reports and appeals made", finding, ["What", "How many"], bars)


def _trends(found: MonthlyCounts) -> list[Chart]:
    """Posts reviewed and waiting times of the months up to this one."""
    rows = [(month, row, row["read"] >= MIN_COUNT) for month, row in found.months.items()]
    read = [
        Bar(str(m), row["read"] if many else 0, f"{row['read']:,}" if many else FEW, link=_link(m))
        for m, row, many in rows
    ]
    waits = [
        Bar(
            str(m), row["median"].total_seconds(), format_duration(row["median"]), format_duration(row["p90"]), _link(m)
        )
        for m, row, many in rows
        if many
    ]
    span = f"up to {MONTHS} months"
    columns = ["Month", "Half within", "9 in 10 within"]
    return [
        Chart(
            "months", "Posts reviewed by month", f"The {span}, ending with this one.", ["Month", "Posts reviewed"], read
        ),
        Chart("waits", "How long posts waited", "The bars show the median of each month.", columns, waits),
    ]


def _link(month: Month) -> str:
    return reverse("forum:transparency-month", args=[month.year, month.number])
