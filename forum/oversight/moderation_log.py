"""The moderators' log, newest first: decisions on posts, names and experiences, undone ones, changes of lanes, help cards, what
authors did in RED, and proposals to weaken triage.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Any

from django.db.models import Func, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from accounts.models import NameChange, User
from core.pagination import Page, cut, decode, encode
from core.params import int_or_none, moment_or_none
from forum.models import (
    Decision,
    ExperienceDecision,
    HelpCard,
    ItemLogEntry,
    Lane,
    PendingAction,
    ReviewItem,
    TriageProposal,
)
from forum.oversight.decision_log import LogFilters, all_decisions

PAGE = 30
COUNTED = 1000  # more entries than these are not counted
CARD, UNDONE, NAME, EXPERIENCE, TRIAGE = "help-card", "undone-action", "name", "experience", "triage"
OF_ITEM = ("item__post__thread", "item__revision")
ABOUT_ITEM = ("item__post__author", "item__member")
ITEM_TEXTS = ("item__revision__title", "item__revision__body")


@dataclass(frozen=True)
class LogEntry:
    """One row of the log. `kind` says which of the eight tables it is from, `rank` orders rows of the same moment."""

    kind: str
    at: datetime
    rank: int
    row: Any

    @property
    def newest_first(self) -> tuple[float, int, int]:
        return (-self.at.timestamp(), self.rank, -self.row.pk)


@dataclass(frozen=True)
class Source:
    """One table of the log. With a filter that is not in `columns`, none of its rows match."""

    kind: str
    time: str
    rows: QuerySet[Any]
    columns: dict[str, str]
    about: tuple[str, ...]
    texts: tuple[str, ...]

    def matching(self, filters: LogFilters, moderator: User) -> QuerySet[Any]:
        """The rows that match. What was done about this moderator is left out, except decisions on their posts."""
        if set(filters.chosen) - set(self.columns):
            return self.rows.none()
        rows = self.rows.filter(**{self.columns[name]: value for name, value in filters.chosen.items()})
        rows = rows.filter(_any_of(self.about, "in", filters.member)) if filters.member else rows
        rows = rows.filter(**{f"{self.time}__gte": filters.since}) if filters.since else rows
        rows = rows.filter(**{f"{self.time}__lt": filters.until}) if filters.until else rows
        for word in filters.words.split():
            rows = rows.filter(_any_of(self.texts, "icontains", word))
        mine = self.rows.filter(_any_of(self.about, "exact", moderator.pk)).order_by()
        return rows if self.kind == "decision" else rows.exclude(pk__in=mine.values("pk"))


def _any_of(paths: tuple[str, ...], lookup: str, value: object) -> Q:
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(**{f"{path}__{lookup}": value})
    return found


def actions() -> list[tuple[str, str]]:
    """What the log can be filtered by, each once: decisions, what was done to items, help cards, what authors did."""
    of_names = [
        (NameChange.State.REFUSED.value, "name not approved"),
        (NameChange.State.REVERTED.value, "name changed back"),
    ]
    choices = [*Decision.Action.choices, *ItemLogEntry.Action.choices, *ReviewItem.AuthorDid.choices, *of_names]
    return list({**dict(choices), CARD: "help card sent", TRIAGE: "proposal to weaken triage"}.items())


def log_page(filters: LogFilters, moderator: User) -> Page[LogEntry]:
    """One page of the log. One query for each of the eight tables."""
    rows = [_entries(rank, source, filters, moderator) for rank, source in enumerate(_sources())]
    found = list(merge(*rows, key=lambda entry: entry.newest_first))
    return cut(found, PAGE, lambda entry: encode(entry.at, entry.rank, entry.row.pk))


def count(filters: LogFilters, moderator: User) -> int:
    """Count the rows that match, at most `COUNTED` + 1. One query."""
    most = COUNTED + 1
    keys = [source.matching(filters, moderator).order_by().values("pk")[:most] for source in _sources()]
    return min(keys[0].union(*keys[1:], all=True).count(), most)


def _entries(rank: int, source: Source, filters: LogFilters, moderator: User) -> Iterator[LogEntry]:
    """The next rows of one table after the cursor, one more than a page holds."""
    rows, time = source.matching(filters, moderator), source.time
    after = decode(filters.before, moment_or_none, int_or_none, int_or_none)
    if after:
        at, last_rank, pk = after
        same = Q(**{time: at}) & (Q() if rank > last_rank else Q(pk__lt=pk if rank == last_rank else 0))
        rows = rows.filter(Q(**{f"{time}__lt": at}) | same)
    newest = rows.order_by(f"-{time}", "-pk")[: PAGE + 1]
    return (LogEntry(source.kind, getattr(row, time), rank, row) for row in newest)


def _sources() -> list[Source]:
    """The tables, in the order of rows of the same moment."""
    of_items = [_decisions(), _item_log(), _cards(), _undone(), _changes_by_authors(), _names(), _experiences()]
    return [*of_items, _triage_proposals()]


def _decisions() -> Source:
    columns = {name: name for name in ("action", "reason", "lane", "by")}
    texts = ("note", "revision__title", "revision__body")
    return Source("decision", "decided_at", all_decisions(), columns, ("revision__post__author",), texts)


def _item_log() -> Source:
    rows = ItemLogEntry.objects.select_related(*OF_ITEM, "by", "credential")
    columns = {"action": "action", "lane": "lane_after", "by": "by"}
    return Source("item", "done_at", rows, columns, ABOUT_ITEM, ("reason", *ITEM_TEXTS))


def _cards() -> Source:
    """A card puts its item into RED, whatever lane it was in."""
    rows = HelpCard.objects.select_related(*OF_ITEM, "sent_by", "closed_by", "second_closed_by", "credential")
    rows = rows.annotate(action=Value(CARD), lane=Value(Lane.RED.value))
    columns = {"action": "action", "lane": "lane", "by": "sent_by"}
    return Source(CARD, "sent_at", rows, columns, ("person",), ("note", *ITEM_TEXTS))


def _undone() -> Source:
    """What moderators did and undid before it took effect, with what they had chosen and typed."""
    rows = PendingAction.objects.filter(state=PendingAction.State.UNDONE)
    rows = rows.select_related(*OF_ITEM, "item__member", "post__thread", "thread", "by", "credential")
    values = Func("data", template="jsonb_path_query_array(%(expressions)s, '$.*[*]')::text", output_field=TextField())
    rows = rows.annotate(kind=Value(ItemLogEntry.Action.UNDONE.value), words=values)
    columns = {"action": "kind", "lane": "lane", "by": "by"}
    about = (*ABOUT_ITEM, "post__author", "thread__author")
    return Source(UNDONE, "settled_at", rows, columns, about, ("words", *ITEM_TEXTS))


def _changes_by_authors() -> Source:
    rows = ReviewItem.objects.filter(author_did_at__isnull=False).select_related("post__thread", "revision")
    columns = {"action": "author_did", "lane": "lane"}
    texts = ("revision__title", "revision__body")
    return Source("author", "author_did_at", rows, columns, ("post__author", "member"), texts)


def _names() -> Source:
    """Decided names, each with the key and the lane of its item."""
    items = ReviewItem.objects.filter(name_change=OuterRef("pk")).order_by("-pk")
    rows = NameChange.objects.filter(decided_at__isnull=False).select_related("decided_by", "credential")
    rows = rows.annotate(item=Subquery(items.values("pk")[:1]), lane=Subquery(items.values("lane")[:1]))
    columns = {"action": "state", "lane": "lane", "by": "decided_by", "reason": "reason"}
    return Source(NAME, "decided_at", rows, columns, ("user",), ("name", "note"))


def _experiences() -> Source:
    """Decisions on what members tell for the guide, each with the key and the lane of its item."""
    items = ReviewItem.objects.filter(experience=OuterRef("experience")).order_by("-pk")
    rows = ExperienceDecision.objects.select_related("experience", "by", "credential")
    rows = rows.annotate(item=Subquery(items.values("pk")[:1]), lane=Subquery(items.values("lane")[:1]))
    columns = {name: name for name in ("action", "reason", "lane", "by")}
    return Source(EXPERIENCE, "decided_at", rows, columns, ("experience__author",), ("note", "experience__text"))


def _triage_proposals() -> Source:
    """Proposals to weaken triage, each at the time of its last event. None is about a member."""
    rows = TriageProposal.objects.select_related("by", "decided_by")
    rows = rows.annotate(action=Value(TRIAGE), changed_at=Coalesce("decided_at", "made_at"))
    return Source(TRIAGE, "changed_at", rows, {"action": "action", "by": "by"}, (), ("subject", "reason", "answer"))
