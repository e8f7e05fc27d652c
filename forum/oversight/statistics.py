"""Figures for the lead, from the decisions made: how much, how soon, how far two agree, and how well triage notices."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from forum.models import Decision, HelpCard, PrivateNote, SecondReview, TriageMatch
from forum.oversight.monthly_counts import READ, WAITS
from forum.publishing.queue_items import promise

PERIODS = {"7": "7 days", "30": "30 days", "90": "90 days"}
FEW = 50


@dataclass(frozen=True)
class RuleScore:
    """`noticed` texts in which the rule matched and which were decided on; `right` those of them that needed attention."""

    title: str
    noticed: int
    right: int
    needed: int


@dataclass(frozen=True)
class Period:
    days: str

    @classmethod
    def from_query(cls, wanted: str) -> "Period":
        return cls(wanted if wanted in PERIODS else "30")

    @property
    def begins(self) -> datetime:
        today = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return today - timedelta(days=int(self.days) - 1)

    def decisions(self) -> Any:
        """Readings of this period that stand."""
        return Decision.objects.standing().filter(decided_at__gte=self.begins, action__in=READ).order_by()


def by_day(period: Period) -> list[dict[str, Any]]:
    """Each day with how many were decided; days without any too."""
    rows = period.decisions().annotate(day=TruncDate("decided_at", tzinfo=UTC)).values("day").annotate(n=Count("pk"))
    found = {row["day"]: row["n"] for row in rows}
    days = (period.begins.date() + timedelta(days=n) for n in range(int(period.days)))
    return [{"day": day, "n": found.get(day, 0)} for day in days]


def by_clinician(period: Period) -> list[dict[str, Any]]:
    """Who decided how much, and the median wait of what they decided."""
    rows = period.decisions().values(name=F("by__display_name")).annotate(**WAITS)
    return list(rows.order_by("-read", "name"))


def by_lane(period: Period) -> list[dict[str, Any]]:
    """Median and 90th percentile of each lane, and how many were decided within its promise."""
    late = Q(pk__in=[])
    for lane in (1, 2, 3):
        late |= Q(lane=lane, waited__gt=promise(lane))
    rows = period.decisions().filter(lane__isnull=False).values("lane")
    found = rows.annotate(**WAITS, late=Count("pk", filter=late)).order_by("lane")
    return [row | {"promise": promise(row["lane"])} for row in found]


def agreement(period: Period) -> dict[str, int]:
    """Of second readings that are done: how many there are, and how many say what the first said."""
    rows = SecondReview.objects.of_what_stands().filter(read_at__gte=period.begins)
    return rows.aggregate(read=Count("pk"), same=Count("pk", filter=Q(verdict=Decision.Action.APPROVED)))


def disagreements(period: Period, lead: Any) -> QuerySet[SecondReview]:
    """Both reasons side by side, the newest first; none about the lead's own text."""
    rows = SecondReview.objects.of_what_stands().filter(read_at__gte=period.begins)
    rows = rows.exclude(verdict=Decision.Action.APPROVED).exclude(decision__revision__post__author=lead)
    return rows.select_related("by", "decision__by", "decision__revision__post__thread").order_by("-pk")[:FEW]


def needed_attention() -> Q:
    """A decision other than a plain approval, or a help card sent, or the item passed on to a colleague."""
    plain = Q(action=Decision.Action.APPROVED, with_note=False, with_redaction=False) | Q(action=Decision.Action.READ)
    card = HelpCard.objects.sent().filter(item__revision=OuterRef("revision"))
    passed = PrivateNote.objects.filter(item__revision=OuterRef("revision"), kind=PrivateNote.Kind.ESCALATED)
    return ~plain | Exists(card) | Exists(passed)


def by_rule(period: Period) -> tuple[RuleScore, list[RuleScore]]:
    """Triage as a whole, RED and AMBER, and each rule that noticed something, the busiest first."""
    judged = period.decisions()
    right = judged.filter(needed_attention())
    needed = right.aggregate(n=Count("revision", distinct=True))["n"]
    words = TriageMatch.objects.filter(revision__in=judged.values("revision"), softened="")
    noticed = Count("revision", distinct=True)
    hits = Count("revision", distinct=True, filter=Q(revision__in=right.values("revision")))
    whole = words.filter(lane__lt=3).aggregate(noticed=noticed, right=hits)
    rows = (
        words.filter(rule__isnull=False).order_by().values(title=F("rule__title")).annotate(noticed=noticed, right=hits)
    )
    rules = [RuleScore(**row, needed=needed) for row in rows.order_by("-noticed", "title")]
    return RuleScore("All of triage: red and amber", whole["noticed"], whole["right"], needed), rules
