"""Statistics for the lead: decisions, waiting times, agreement of second reviews, and triage precision and recall."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone

from forum.models import Decision, HelpCard, Lane, Post, PrivateNote, SecondReview, TriageMatch
from forum.oversight.monthly_counts import READ, WAITS, Month
from forum.publishing.queue_items import promised_time

PERIODS = {"7": "7 days", "30": "30 days", "90": "90 days"}
FEW = 50
MODEL_MONTHS = 12
ANSWERED_WITHIN = timedelta(minutes=1)  # “Approve and answer” does both in one transaction


@dataclass(frozen=True)
class RuleScore:
    """`noticed`: decided texts that the rule matched; `right`: those that needed attention; `needed`: all texts that did."""

    title: str
    noticed: int
    right: int
    needed: int


@dataclass(frozen=True)
class Period:
    days: str

    @classmethod
    def from_query(cls, days: str) -> "Period":
        return cls(days if days in PERIODS else "30")

    @property
    def start(self) -> datetime:
        today = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return today - timedelta(days=int(self.days) - 1)

    def decisions(self) -> Any:
        """Reviews in this period, without undone ones."""
        return Decision.objects.filter(decided_at__gte=self.start, action__in=READ).order_by()


def by_day(period: Period) -> list[dict[str, Any]]:
    """The number of decisions on each day, days without any included."""
    rows = period.decisions().annotate(day=TruncDate("decided_at", tzinfo=UTC)).values("day").annotate(n=Count("pk"))
    found = {row["day"]: row["n"] for row in rows}
    days = (period.start.date() + timedelta(days=n) for n in range(int(period.days)))
    return [{"day": day, "n": found.get(day, 0)} for day in days]


def by_clinician(period: Period) -> list[dict[str, Any]]:
    """The number of decisions and median waiting time for each clinician."""
    rows = period.decisions().values(name=F("by__display_name")).annotate(**WAITS)
    return list(rows.order_by("-read", "name"))


def by_lane(period: Period) -> list[dict[str, Any]]:
    """Median and 90th percentile of the wait in each lane, and how many decisions were late."""
    late = Q(pk__in=[])
    for lane in (1, 2, 3):
        late |= Q(lane=lane, waited__gt=promised_time(lane))
    rows = period.decisions().filter(lane__isnull=False).values("lane")
    found = rows.annotate(**WAITS, late=Count("pk", filter=late)).order_by("lane")
    return [row | {"promise": promised_time(row["lane"])} for row in found]


def agreement(period: Period) -> dict[str, int]:
    """Count the completed second reviews, and those that agree with the first decision."""
    rows = SecondReview.objects.filter(read_at__gte=period.start).with_first_verdict()
    return rows.aggregate(read=Count("pk"), same=Count("pk", filter=Q(verdict=F("first_verdict"))))


def disagreements(period: Period, lead: Any) -> QuerySet[SecondReview]:
    """Second reviews that disagree, newest first, without those of the lead's own posts."""
    rows = SecondReview.objects.filter(read_at__gte=period.start).with_first_verdict()
    rows = rows.exclude(verdict=F("first_verdict")).exclude(decision__revision__post__author=lead)
    return rows.select_related("by", "decision__by", "decision__revision__post__thread").order_by("-pk")[:FEW]


def put_back(period: Period, lead: Any) -> QuerySet[PrivateNote]:
    """Items that moderators put back undecided, with their reasons, newest first; without those about the lead."""
    rows = PrivateNote.objects.filter(kind=PrivateNote.Kind.HANDED_BACK, made_at__gte=period.start)
    rows = rows.exclude(item__post__author=lead).exclude(item__member=lead)
    return rows.select_related("by", "item").order_by("-pk")[:FEW]


def needed_attention() -> Q:
    """Match decisions other than plain approvals, and texts with an answer, a message, a help card or an escalation."""
    at_once = {"created_at__gte": OuterRef("decided_at"), "created_at__lt": OuterRef("decided_at") + ANSWERED_WITHIN}
    answer = Post.objects.filter(quoted=OuterRef("revision__post"), author=OuterRef("by"), **at_once)
    plain = Q(action=Decision.Action.APPROVED, with_note=False, with_redaction=False) | Q(action=Decision.Action.READ)
    card = HelpCard.objects.sent().filter(item__revision=OuterRef("revision"))
    escalated = PrivateNote.objects.filter(item__revision=OuterRef("revision"), kind=PrivateNote.Kind.ESCALATED)
    message = Decision.objects.filter(revision=OuterRef("revision"), action=Decision.Action.MESSAGE)
    return ~plain | Q(Exists(answer)) | Q(Exists(message)) | Q(Exists(card)) | Q(Exists(escalated))


def by_rule(period: Period) -> tuple[RuleScore, list[RuleScore]]:
    """Scores of RED and AMBER triage as a whole, and of each rule that matched, most matches first."""
    decisions = period.decisions()
    right = decisions.filter(needed_attention())
    needed = right.aggregate(n=Count("revision", distinct=True))["n"]
    matches = TriageMatch.objects.filter(revision__in=decisions.values("revision"), softened="")
    noticed = Count("revision", distinct=True)
    hits = Count("revision", distinct=True, filter=Q(revision__in=right.values("revision")))
    whole = matches.filter(lane__lt=3).aggregate(noticed=noticed, right=hits)
    rows = (
        matches.filter(rule__isnull=False)
        .order_by()
        .values(title=F("rule__title"))
        .annotate(noticed=noticed, right=hits)
    )
    rules = [RuleScore(**row, needed=needed) for row in rows.order_by("-noticed", "title")]
    return RuleScore("All triage (red and amber)", whole["noticed"], whole["right"], needed), rules


def text_model_by_month() -> list[dict[str, Any]]:
    """How many texts the text model raised alone in each of the last MODEL_MONTHS, and what was decided on them.

    `decided` of the `raised` texts have a decision that stands; `right` of these needed attention.
    """
    now = timezone.now()
    first = Month(now.year, now.month).plus(1 - MODEL_MONTHS)
    others = TriageMatch.objects.filter(revision=OuterRef("revision"), lane__lt=Lane.GREEN)
    alone = TriageMatch.objects.filter(kind=TriageMatch.Kind.MODEL, revision__created_at__gte=first.start)
    alone = alone.exclude(Exists(others.exclude(kind=TriageMatch.Kind.MODEL)))
    judged = Decision.objects.filter(action__in=READ).order_by()
    rows = alone.annotate(month=TruncMonth("revision__created_at", tzinfo=UTC)).order_by("-month").values("month")
    texts = Count("revision", distinct=True)
    found = rows.annotate(raised=texts, decided=_among(judged), right=_among(judged.filter(needed_attention())))
    return [{**row, "month": Month(row["month"].year, row["month"].month)} for row in found]


def _among(decisions: Any) -> Count:
    return Count("revision", distinct=True, filter=Q(revision__in=decisions.values("revision")))
