"""The review queue page: filters, counts by lane, and one page of items."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Credential, User
from accounts.permissions import required_credential
from core.kept_query import KeptQuery
from core.pagination import Keyset, Page
from core.params import int_or_none, moment_or_none
from forum.models import Acuteness, Category, Decision, HelpCard, Lane, Post, Report, ReviewItem, TriageRule
from forum.models.queue import ReviewItemQuerySet
from forum.moderation.assignment import passed_to
from forum.publishing.mention_html import mentions_in

PAGE = 30
WHOSE = {"mine": "Mine", "free": "Unclaimed", "late": "Late"}


@dataclass(frozen=True)
class QueueFilters:
    """Filters from the query string. Unknown values are ignored."""

    lane: str = ""
    kind: str = ""
    category: str = ""
    rule: str = ""
    whose: str = ""
    group: str = ""
    after: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "QueueFilters":
        known = {
            "lane": {lane.label for lane in Lane},
            "kind": set(ReviewItem.Kind.values),
            "whose": set(WHOSE),
        }
        found = {name: query.get(name, "") for name in ("lane", "kind", "category", "rule", "whose")}
        found |= {name: "" for name, values in known.items() if found[name] not in values}
        group = query.get("group", "")
        found["group"] = group if int_or_none(group) is not None else ""
        return cls(**found, after=query.get("after", ""))

    @property
    def query(self) -> str:
        """The filters as a query string, without the place in the list."""
        return urlencode({name: value for name, value in asdict(self).items() if value and name != "after"})

    def rows(self, moderator: User) -> ReviewItemQuerySet:
        rows = ReviewItem.objects.undecided().for_moderator(moderator)
        if self.lane:
            rows = rows.filter(lane=next(lane for lane in Lane if lane.label == self.lane))
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.category:
            rows = rows.filter(category__slug=self.category)
        if self.rule:
            rows = rows.with_match_of(self.rule)
        if self.group:
            reporter = ReviewItem.objects.in_report_group().filter(pk=self.group).values("reporter")
            rows = rows.in_report_group().filter(reporter__in=reporter)
        if self.whose == "mine":
            rows = rows.filter(Q(claimed_by=moderator) | passed_to(moderator))
        elif self.whose == "free":
            rows = rows.unclaimed()
        return rows.late() if self.whose == "late" else rows


def with_query(url: str, filters: QueueFilters) -> str:
    return f"{url}?{filters.query}" if filters.query else url


def _lane(text: str) -> int | None:
    lane = int_or_none(text)
    return lane if lane in Lane.values else None


def _acuteness(text: str) -> int | None:
    acuteness = int_or_none(text)
    return acuteness if acuteness in Acuteness.values else None


# The order of best_first().
BY_URGENCY = Keyset({"lane": _lane, "acuteness": _acuteness, "asked_at": moment_or_none, "pk": int_or_none})


def items_page(filters: QueueFilters, moderator: User) -> Page[ReviewItem]:
    """One page of items, most urgent first. Of the reports by one member only the first is listed, unless they are asked for."""
    rows = filters.rows(moderator)
    rows = rows if filters.group else rows.first_of_report_groups()
    found, more = BY_URGENCY.page(rows.only(*BY_URGENCY.order), filters.after, size=PAGE)
    return Page(ITEMS_WITH_TEXTS.with_keys([row.pk for row in found]), more)


def items_with_texts(*keys: int) -> ReviewItemQuerySet:
    """Select items by key, most urgent first, with what the list shows of them."""
    related = ("category", "post__author", "post__thread__standing", "post__live_revision", "revision")
    decided = Decision.objects.without_messages().filter(revision__post=OuterRef("post")).order_by("-pk")
    rows = ReviewItem.objects.filter(pk__in=keys).select_related(*related).prefetch_related(*OF_SOME).best_first()
    return rows.annotate(last_decision=Subquery(decided.values("action")[:1]), mentioned=mentions_in("revision"))


ITEMS_WITH_TEXTS = KeptQuery(items_with_texts, *[int] * PAGE)
# What only some kinds of items have. Fetched separately: planning one query for all of it takes longer than running it.
OF_SOME = (
    *("member", "name_change", "claimed_by", "escalated_to"),
    *(f"{text}__triage_matches__rule" for text in ("revision", "question", "appeal", "experience", "outside_texts")),
)


@dataclass(frozen=True)
class Background:
    """What a moderator should know about the author of an item before opening it."""

    is_new: bool
    had_card: bool
    was_red: bool


def backgrounds(rows: list[ReviewItem]) -> dict[int, Background]:
    """The background of each item's author, by item key. Three queries.

    What clinicians write as such often matches rules of RED, and says nothing about themselves.
    """
    as_clinicians = {row.pk for row in rows if row.post and row.post.written_as_clinician}
    people = {row.pk: row.post.author_id if row.post else row.member_id for row in rows}
    known = {pk for pk in people.values() if pk}
    published = Post.objects.filter(author__in=known, state=Post.State.PUBLISHED)
    authors = set(published.order_by().values_list("author", flat=True).distinct())
    carded = set(HelpCard.objects.sent().filter(person__in=known).order_by().values_list("person", flat=True))
    earlier = ReviewItem.objects.filter(post__author__in=known, lane=Lane.RED, state=ReviewItem.State.CLOSED)
    earlier = earlier.filter(post__written_as_clinician="")
    red = set(earlier.order_by().values_list("post__author", flat=True).distinct())
    return {
        pk: Background(who not in authors, who in carded, who in red and pk not in as_clinicians)
        for pk, who in people.items()
        if who
    }


def counts(moderator: User) -> dict[str, Any]:
    """Count the open items that the moderator may decide: in each lane, in all, and late. One query.

    `red` are the keys of those in RED, by which a page recognizes new ones. There is nothing to count for those whose
    credential has lapsed.
    """
    by_lane = {row["lane"]: row for row in OPEN_ITEMS_BY_LANE(moderator.pk, timezone.now())}
    return {
        "lanes": [(lane.label, by_lane[lane]["n"] if lane in by_lane else 0) for lane in Lane],
        "all": sum(row["n"] for row in by_lane.values()),
        "late": sum(row["late"] for row in by_lane.values()),
        "red": by_lane[Lane.RED]["keys"] if Lane.RED in by_lane else [],
    }


def open_items_by_lane(moderator: int, at: datetime) -> QuerySet[ReviewItem, Any]:
    credential = Credential.objects.in_force(at).filter(user=moderator)
    rows = ReviewItem.objects.undecided().for_moderator(User(pk=moderator)).filter(Exists(credential)).order_by()
    return rows.values("lane").annotate(
        n=Count("pk"),
        late=Count("pk", filter=Q(promised_at__lt=at)),
        keys=ArrayAgg("pk", filter=Q(lane=Lane.RED), default=Value([])),
    )


OPEN_ITEMS_BY_LANE = KeptQuery(open_items_by_lane, int, datetime)


def asked_profession(rows: list[ReviewItem], moderator: User) -> str:
    """Return the moderator's profession if one of these items was passed to a profession, else "". At most one query."""
    return required_credential(moderator).profession if any(row.escalated_to_profession for row in rows) else ""


def filter_choices() -> dict[str, Any]:
    return {
        "kinds": ReviewItem.Kind.choices,
        "categories": Category.objects.values_list("slug", "title"),
        "rules": TriageRule.objects.filter(active=True).values_list("key", "title"),
        "whose": WHOSE.items(),
    }


def report_counts(rows: list[ReviewItem]) -> dict[int, int]:
    """Count the open reports behind each report item, by item key."""
    about = [row for row in rows if row.kind == ReviewItem.Kind.REPORT]
    found = Report.objects.open().filter(
        Q(post__in=[row.post_id for row in about if row.post_id])
        | Q(member__in=[r.member_id for r in about if r.member_id])
    )
    counted = {
        (post, member): n for post, member, n in found.order_by().values_list("post", "member").annotate(n=Count("pk"))
    }
    return {row.pk: counted.get((row.post_id, row.member_id), 0) for row in about}


def group_sizes(rows: list[ReviewItem], moderator: User) -> dict[int, int]:
    """Count the other open reports by the reporter of each listed report, by item key."""
    heads = {row.pk: row.reporter_id for row in rows if row.kind == ReviewItem.Kind.REPORT and row.lane > Lane.RED}
    reporters = set(filter(None, heads.values()))
    if not reporters:
        return {}
    others = ReviewItem.objects.undecided().for_moderator(moderator).in_report_group().filter(reporter__in=reporters)
    counted = dict(others.order_by().values_list("reporter").annotate(n=Count("pk")))
    return {pk: counted[who] - 1 for pk, who in heads.items() if counted.get(who, 0) > 1}
