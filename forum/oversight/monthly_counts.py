"""Figures of one finished month from the decision log. They never change, so they are cached for an hour."""

from calendar import month_name
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Aggregate, CharField, Count, DurationField, Q, QuerySet, Value
from django.db.models.functions import Cast, TruncMonth
from django.utils import timezone

from core import page_cache
from forum.models import Appeal, Decision, ExperienceDecision, ReasonTemplate, Report

FIRST_YEAR, CACHE_SECONDS, MONTHS = 2020, 3600, 12
MINUTES_PER_HOUR = 60
TWO_DAYS = 48  # hours
READ = [Decision.Action.APPROVED, Decision.Action.READ, Decision.Action.CHANGES, Decision.Action.REJECTED]
OUTCOMES = {
    "approved": "Published as written",
    "noted": "Published with a clinician’s note",
    "redacted": "Published with redactions",
    "read": "Read after publication and left as it was",
    "changes": "Sent back with a request for changes",
    "rejected": "Not published",
}
AFTERWARDS = {"removed": "Removed", "hidden": "Hidden temporarily", "restored": "Restored"}
REPORTS = {"acted": "A moderator acted on it", "kept": "Nothing was changed"}
APPEALS = {"upheld": "The decision stood", "overturned": "The decision was changed"}
STORIES = {
    "approved": "Shown in the guide",
    "changes": "Sent back with a request for changes",
    "rejected": "Not published",
    "removed": "Removed later",
}


class Percentile(Aggregate):
    """PostgreSQL's PERCENTILE_CONT: a percentile, interpolated between the nearest values."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()

    def __init__(self, expression: str, fraction: float) -> None:
        super().__init__(expression, fraction=fraction)


WAITS = {"read": Count("pk"), "median": Percentile("waited", 0.5), "p90": Percentile("waited", 0.9)}


@dataclass(frozen=True, order=True)
class Month:
    year: int
    number: int

    def __str__(self) -> str:
        return f"{month_name[self.number]} {self.year}"

    @property
    def start(self) -> datetime:
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        return self.plus(1).start

    @property
    def is_over(self) -> bool:
        return self.end <= timezone.now()

    def plus(self, months: int) -> "Month":
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)


@dataclass(frozen=True)
class MonthlyCounts:
    """Exact counts from the log. forum.oversight.suppression decides which of them may be shown."""

    outcomes: dict[str, int]
    reasons: dict[str, dict[str, int]]
    afterwards: dict[str, int]
    reported: int
    reports: dict[str, int]
    appealed: int
    appeals: dict[str, int]
    stories: dict[str, int]
    titles: dict[str, str]
    months: dict[Month, Mapping[str, Any]]


def last_month() -> Month:
    """The latest finished month."""
    now = timezone.now()
    return Month(now.year, now.month).plus(-1)


def month_from(year: int, number: int) -> Month | None:
    """Return the month, or None if it does not exist or is not over yet."""
    if not (FIRST_YEAR <= year <= timezone.now().year and number in range(1, 13)):
        return None
    month = Month(year, number)
    return month if month.is_over else None


def cached_counts(month: Month) -> MonthlyCounts:
    found = page_cache.shared().get_or_set(
        f"forum:counted:{month.year}-{month.number}", lambda: count_month(month), CACHE_SECONDS
    )
    return found or count_month(month)


def count_month(month: Month) -> MonthlyCounts:
    """Count a month in three queries: decisions, the months of the year, and everything else."""
    outcomes, afterwards = dict.fromkeys(OUTCOMES, 0), dict.fromkeys(AFTERWARDS, 0)
    other = _other(month)
    titles = {key: title for kind, key, title, _ in other if kind == "reason"}
    refused = {key: dict.fromkeys(titles, 0) for key in ("changes", "rejected")}
    for action, noted, redacted, reason, n in _decisions(month):
        if action in afterwards:
            afterwards[action] += n
            continue
        outcomes[_outcome(action, noted=noted, redacted=redacted)] += n
        if action in refused:
            refused[action][reason] = refused[action].get(reason, 0) + n
    found = {kind: {key: n for name, key, _, n in other if name == kind} for kind in [*ENDS, "made"]}
    reports, appeals, stories = ({key: found[kind].get(key, 0) for key in keys} for kind, keys in ENDS.items())
    made = found["made"]
    return MonthlyCounts(
        *(outcomes, refused, afterwards, made.get("reports", 0), reports, made.get("appeals", 0), appeals),
        *(stories, titles, _months(month)),
    )


ENDS = {"reports": REPORTS, "appeals": APPEALS, "stories": STORIES}


def _outcome(action: str, *, noted: bool, redacted: bool) -> str:
    """A post published with both a note and redactions counts as redacted."""
    if action != Decision.Action.APPROVED:
        return action
    return "redacted" if redacted else "noted" if noted else "approved"


def _decisions(month: Month) -> QuerySet[Any, Any]:
    rows = Decision.objects.between(month.start, month.end).filter(action__in=[*READ, *AFTERWARDS])
    names = ("action", "with_note", "with_redaction", "reason")
    return rows.order_by().values(*names).annotate(n=Count("pk")).values_list(*names, "n")


def _other(month: Month) -> list[tuple[str, str, str, int]]:
    """Kind, key, title and count of closed reports and appeals, decisions on stories, those made, and the reason templates."""
    closed, answered, decided = (_within(f"{what}_at", month) for what in ("closed", "answered", "decided"))
    parts = [
        _row("reports", Report.objects.filter(closed).order_by().values("state"), "state"),
        _row("appeals", Appeal.objects.filter(answered).order_by().values("state"), "state"),
        _row("stories", ExperienceDecision.objects.filter(decided).order_by().values("action"), "action"),
        _row("made", Report.objects.filter(_within("made_at", month)).order_by().values(key=_text("reports")), "key"),
        _row("made", Appeal.objects.filter(_within("made_at", month)).order_by().values(key=_text("appeals")), "key"),
        _row("reason", ReasonTemplate.objects.order_by().values("code", "title"), "code", title="title"),
    ]
    return list(parts[0].union(*parts[1:], all=True))


def _row(kind: str, rows: Any, key: str, title: str = "") -> Any:
    rows = rows.annotate(kind=_text(kind), n=Count("pk"))
    named = Cast(title, CharField()) if title else _text("")
    rows = rows.annotate(k=Cast(key, CharField()), t=named)
    return rows.values_list("kind", "k", "t", "n")


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


def _within(name: str, month: Month) -> Q:
    return Q(**{f"{name}__gte": month.start, f"{name}__lt": month.end})


def _months(month: Month) -> dict[Month, Mapping[str, Any]]:
    """The twelve months up to this one, without empty ones: posts reviewed, median and 90th percentile of the wait."""
    first = month.plus(1 - MONTHS)
    rows = Decision.objects.between(first.start, month.end).filter(action__in=READ)
    by_month = rows.annotate(month=TruncMonth("decided_at", tzinfo=UTC)).order_by("month").values("month")
    found = by_month.annotate(**WAITS)
    return {Month(row["month"].year, row["month"].month): row for row in found}


def format_duration(span: timedelta) -> str:
    """“7 min”, “3 h 20 min”, “2 days”, rounded to the nearest minute."""
    minutes = round(span.total_seconds() / 60)
    if minutes < MINUTES_PER_HOUR:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, MINUTES_PER_HOUR)
    if hours < TWO_DAYS:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{round(hours / 24)} days"
