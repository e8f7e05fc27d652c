"""The moderators' log, newest first: decisions, changes of lanes, help cards, names, and what authors did to texts in RED."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Any

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from accounts.models import NameChange, User
from core.pagination import Page, cut, decode, encode
from core.params import int_or_none, moment_or_none
from forum.models import Decision, HelpCard, ItemLogEntry, Lane, ReviewItem
from forum.oversight.decision_log import LogFilters, all_decisions

PAGE = 30
CARD = "help-card"
NAME = "name"
OF_CARDS = ("sent_by", "closed_by", "second_closed_by", "credential", "item__post__thread", "item__revision")


@dataclass(frozen=True)
class LogEntry:
    """One row of the log. `kind` says which of the five tables it is from, `rank` orders rows of the same moment."""

    kind: str
    at: datetime
    rank: int
    row: Any

    @property
    def newest_first(self) -> tuple[float, int, int]:
        return (-self.at.timestamp(), self.rank, -self.row.pk)


def actions() -> list[tuple[str, str]]:
    """What the log can be filtered by, each once: decisions, what was done to items, help cards, what authors did."""
    of_names = [
        (NameChange.State.REFUSED.value, "name not approved"),
        (NameChange.State.REVERTED.value, "name changed back"),
    ]
    choices = [*Decision.Action.choices, *ItemLogEntry.Action.choices, *ReviewItem.AuthorDid.choices, *of_names]
    return list({**dict(choices), Decision.Action.UNDONE.value: "undone", CARD: "help card sent"}.items())


def log_page(filters: LogFilters, moderator: User) -> Page[LogEntry]:
    """One page of the log, without what was done about this moderator. One query for each of the five tables."""
    item_log, cards, items = _item_log(filters), _cards(filters), _changes_by_authors(filters)
    about_me = Q(item__post__author=moderator) | Q(item__member=moderator)
    sources: list[tuple[str, str, QuerySet[Any]]] = [
        ("decision", "decided_at", filters.rows(all_decisions())),
        ("item", "done_at", item_log.exclude(pk__in=item_log.filter(about_me).values("pk"))),
        (CARD, "sent_at", cards.exclude(person=moderator)),
        ("author", "author_did_at", items.exclude(Q(post__author=moderator) | Q(member=moderator))),
        (NAME, "decided_at", _names(filters).exclude(user=moderator)),
    ]
    rows = [_entries(rank, *source, filters.before) for rank, source in enumerate(sources)]
    found = list(merge(*rows, key=lambda entry: entry.newest_first))
    return cut(found, PAGE, lambda entry: encode(entry.at, entry.rank, entry.row.pk))


def _entries(rank: int, kind: str, time: str, rows: QuerySet[Model], cursor: str) -> Iterator[LogEntry]:
    """The next rows of one table after the cursor, one more than a page holds."""
    after = decode(cursor, moment_or_none, int_or_none, int_or_none)
    if after:
        at, last_rank, pk = after
        same = Q(**{time: at}) & (Q() if rank > last_rank else Q(pk__lt=pk if rank == last_rank else 0))
        rows = rows.filter(Q(**{f"{time}__lt": at}) | same)
    newest = rows.order_by(f"-{time}", "-pk")[: PAGE + 1]
    return (LogEntry(kind, getattr(row, time), rank, row) for row in newest)


def _names(filters: LogFilters) -> QuerySet[NameChange]:
    """Decided names, each with the key and the lane of its item."""
    items = ReviewItem.objects.filter(name_change=OuterRef("pk")).order_by("-pk")
    rows = NameChange.objects.filter(decided_at__isnull=False).select_related("decided_by", "credential")
    rows = rows.annotate(item=Subquery(items.values("pk")[:1]), lane=Subquery(items.values("lane")[:1]))
    wanted = {"state": filters.action, "lane": filters.lane, "decided_by": filters.by, "reason": filters.reason}
    return rows.filter(**{name: value for name, value in wanted.items() if value})


def _item_log(filters: LogFilters) -> QuerySet[ItemLogEntry]:
    rows = ItemLogEntry.objects.select_related("item__post__thread", "item__revision", "by", "credential")
    wanted = {"action": filters.action, "lane_after": filters.lane, "by": filters.by}
    found = rows.filter(**{name: value for name, value in wanted.items() if value})
    return found.none() if filters.reason else found


def _cards(filters: LogFilters) -> QuerySet[HelpCard]:
    """A card puts its item into RED, whatever lane it was in."""
    rows = HelpCard.objects.select_related(*OF_CARDS)
    wrong_lane = filters.lane and int(filters.lane) != Lane.RED
    if filters.reason or wrong_lane or filters.action not in ("", CARD):
        return rows.none()
    return rows.filter(sent_by=int(filters.by)) if filters.by else rows


def _changes_by_authors(filters: LogFilters) -> QuerySet[ReviewItem]:
    rows = ReviewItem.objects.filter(author_did_at__isnull=False).select_related("post__thread", "revision")
    wanted = {"author_did": filters.action, "lane": filters.lane}
    found = rows.filter(**{name: value for name, value in wanted.items() if value})
    return found.none() if filters.reason or filters.by else found
