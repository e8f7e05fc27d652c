"""Figures for the lead of the team. For everybody else there is no such page."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.requests import AuthenticatedHttpRequest
from forum.models import Lane
from forum.moderation.access import for_moderators
from forum.oversight import statistics
from forum.oversight.monthly_counts import in_words
from forum.permissions import can_lead_team
from forum.text.bar_chart import Bar, Chart


@for_moderators
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
        "scores": [whole, *rules],
    }
    return render(request, "forum/oversight/statistics.html", context)


def _days(period: statistics.Period) -> Chart:
    rows = statistics.by_day(period)
    bars = [Bar(f"{row['day']:%a %d %b}", row["n"], str(row["n"])) for row in reversed(rows) if row["n"]]
    total = sum(row["n"] for row in rows)
    finding = f"{total} in {period.days} days. Days without any are left out."
    return Chart(
        "days",
        "Decisions by day",
        finding,
        ["Day", "Decisions"],
        bars,
    )


def _clinicians(period: statistics.Period) -> Chart:
    rows = statistics.by_clinician(period)
    bars = [Bar(row["name"], row["read"], str(row["read"]), in_words(row["median"])) for row in rows]
    finding = "How much each decided; no race. The last column is the median wait of what they decided."
    return Chart("people", "Decisions by clinician", finding, ["Clinician", "Decisions", "Median wait"], bars)


def _lanes(period: statistics.Period) -> Chart:
    rows = statistics.by_lane(period)
    bars = [Bar(_lane(row), row["median"].total_seconds(), in_words(row["median"]), _beside(row)) for row in rows]
    finding = "The bars show the median from sending to the decision."
    return Chart("lanes", "Waiting time by lane", finding, ["Lane", "Median", "Nine in ten, and late"], bars)


def _lane(row: dict[str, Any]) -> str:
    return f"{Lane(row['lane']).label.capitalize()}: {row['read']} texts, promised within {in_words(row['promise'])}"


def _beside(row: dict[str, Any]) -> str:
    return f"{in_words(row['p90'])}; {row['late']} late"
