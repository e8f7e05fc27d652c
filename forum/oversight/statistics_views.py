"""View of the statistics. Only the lead may see it; others get a 404."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.requests import AuthenticatedHttpRequest
from forum.models import Lane
from forum.moderation.access import moderator_required
from forum.oversight import statistics
from forum.oversight.monthly_counts import format_duration
from forum.permissions import can_lead_team
from forum.text.bar_chart import Bar, Chart


@moderator_required
@require_safe
def show(request: AuthenticatedHttpRequest) -> HttpResponse:
    if not can_lead_team(request.user):
        raise Http404
    period = statistics.Period.from_query(request.GET.get("days", ""))
    whole, rules = statistics.by_rule(period)
    context = {
        "period": period,
        "periods": statistics.PERIODS,
        "charts": [_lanes(period), _clinicians(period), _days(period)],
        "agreement": statistics.agreement(period),
        "disagreements": statistics.disagreements(period, request.user),
        "put_back": statistics.put_back(period, request.user),
        "scores": [whole, *rules],
        "text_model": statistics.text_model_by_month(),
    }
    return render(request, "forum/oversight/statistics.html", context)


def _days(period: statistics.Period) -> Chart:
    rows = statistics.by_day(period)
    bars = [Bar(f"{row['day']:%a %d %b}", row["n"], str(row["n"])) for row in reversed(rows) if row["n"]]
    total = sum(row["n"] for row in rows)
    finding = f"{total} in {period.days} days. Days without decisions are left out."
    return Chart(
        "days",
        "Decisions by day",
        finding,
        ["Day", "Decisions"],
        bars,
    )


def _clinicians(period: statistics.Period) -> Chart:
    rows = statistics.by_clinician(period)
    bars = [Bar(row["name"], row["read"], str(row["read"]), format_duration(row["median"])) for row in rows]
    finding = "This isn’t a competition. The last column is the median waiting time."
    return Chart("people", "Decisions by clinician", finding, ["Clinician", "Decisions", "Median wait"], bars)


def _lanes(period: statistics.Period) -> Chart:
    rows = statistics.by_lane(period)
    bars = [
        Bar(_lane(row), row["median"].total_seconds(), format_duration(row["median"]), _p90_and_late(row))
        for row in rows
    ]
    finding = "The bars show the median time from submission to decision."
    return Chart("lanes", "Waiting time by lane", finding, ["Lane", "Median", "9 in 10 within, and late"], bars)


def _lane(row: dict[str, Any]) -> str:
    return f"{Lane(row['lane']).label.capitalize()}: {row['read']} texts, promised within {format_duration(row['promise'])}"


def _p90_and_late(row: dict[str, Any]) -> str:
    return f"{format_duration(row['p90'])}; {row['late']} late"
