"""What the queue shows a moderator: filters, counts by lane, and one page of rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.timezone import is_aware

from forum.models import Category, Lane, Report, ReviewItem, TriageRule

PAGE = 30
WHOSE = {"mine": "Mine", "free": "Nobody is at it", "late": "Waiting over the promise"}


@dataclass(frozen=True)
class Chosen:
    """The filters of an address. What is not one of the choices chooses nothing."""

    lane: str = ""
    kind: str = ""
    category: str = ""
    rule: str = ""
    whose: str = ""
    after: tuple[int, datetime, int] | None = None

    @classmethod
    def from_query(cls, query: QueryDict) -> "Chosen":
        known = {
            "lane": {lane.label for lane in Lane},
            "kind": set(ReviewItem.Kind.values),
            "whose": set(WHOSE),
        }
        found = {name: query.get(name, "") for name in ("lane", "kind", "category", "rule", "whose")}
        found |= {name: "" for name, values in known.items() if found[name] not in values}
        return cls(**found, after=_place(query.get("after", "")))

    def rows(self, moderator: Any) -> QuerySet[ReviewItem]:
        rows = ReviewItem.objects.open().for_moderator(moderator)
        if self.lane:
            rows = rows.filter(lane=next(lane for lane in Lane if lane.label == self.lane))
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.category:
            rows = rows.filter(category__slug=self.category)
        if self.rule:
            rows = rows.filter(revision__triage_matches__rule__key=self.rule).distinct()
        if self.whose == "mine":
            rows = rows.filter(Q(claimed_by=moderator) | Q(escalated_to=moderator))
        elif self.whose == "free":
            rows = rows.unclaimed()
        return rows.late() if self.whose == "late" else rows


def _place(text: str) -> tuple[int, datetime, int] | None:
    """Lane, time and number of the row after which a page begins; None for what is none of ours: the first page then."""
    lane, moment, pk = [*text.replace(" ", "+").split("_"), "", "", ""][:3]
    try:
        asked_at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    known = lane in {str(one.value) for one in Lane} and pk.isdecimal() and len(pk) < 19  # noqa: PLR2004  digits of a bigint
    return (int(lane), asked_at, int(pk)) if known and is_aware(asked_at) else None


def page_of_rows(chosen: Chosen, moderator: Any) -> tuple[list[ReviewItem], str]:
    """The rows of the page, most urgent first, and the place after which the next begins, or an empty string."""
    rows = (
        chosen.rows(moderator)
        .best_first()
        .select_related(
            *("category", "post__author", "post__thread", "revision", "member", "claimed_by", "escalated_to"),
        )
    )
    if chosen.after:
        rows = rows.after(*chosen.after)
    found = list(rows.prefetch_related("revision__triage_matches__rule")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], f"{last.lane}_{last.asked_at.isoformat()}_{last.pk}" if last else ""


def counts(moderator: Any) -> dict[str, Any]:
    """How much waits in each lane for this person, and how much of it is late."""
    rows = ReviewItem.objects.open().for_moderator(moderator)
    by_lane = dict(rows.order_by().values_list("lane").annotate(n=Count("pk")))
    return {
        "lanes": [(lane.label, by_lane.get(lane.value, 0)) for lane in Lane],
        "all": sum(by_lane.values()),
        "late": rows.late().count(),
    }


def choices() -> dict[str, Any]:
    return {
        "kinds": ReviewItem.Kind.choices,
        "categories": Category.objects.values_list("slug", "title"),
        "rules": TriageRule.objects.filter(active=True).values_list("key", "title"),
        "whose": WHOSE.items(),
    }


def reports_on(rows: list[ReviewItem]) -> dict[int, int]:
    """How many open reports each report row stands for."""
    about = [row for row in rows if row.kind == ReviewItem.Kind.REPORT]
    found = Report.objects.open().filter(
        Q(post__in=[row.post_id for row in about if row.post_id])
        | Q(member__in=[r.member_id for r in about if r.member_id])
    )
    counted = {
        (post, member): n for post, member, n in found.order_by().values_list("post", "member").annotate(n=Count("pk"))
    }
    return {row.pk: counted.get((row.post_id, row.member_id), 0) for row in about}
