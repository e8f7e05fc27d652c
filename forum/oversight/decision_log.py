"""Decisions, newest first: moderators see all of them, members those on their own posts."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from core.pagination import NEWEST_FIRST, Page
from forum.models import Decision

PAGE = 30


@dataclass(frozen=True)
class LogFilters:
    """What a log is filtered by; nothing by default. `member` holds the keys of the users that an entry is about."""

    action: str = ""
    reason: str = ""
    lane: int | None = None
    by: int | None = None
    member: tuple[int, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    before: str = ""

    @property
    def chosen(self) -> dict[str, str | int]:
        """The filters that compare one column with one value."""
        found = {"action": self.action, "reason": self.reason, "lane": self.lane, "by": self.by}
        return {name: value for name, value in found.items() if value}

    @property
    def any(self) -> bool:
        return bool(self.chosen or self.member or self.since or self.until or self.words)


def all_decisions() -> QuerySet[Decision]:
    return Decision.objects.select_related("revision__post__thread", "by", "credential")


def decisions_about(member: User) -> QuerySet[Decision]:
    """Decisions on the member's posts. The decider is not fetched: members see only the profession."""
    own = Decision.objects.filter(revision__post__author=member)
    return own.select_related("revision__post__thread", "credential")


def page_of(decisions: QuerySet[Decision], filters: LogFilters) -> Page[Decision]:
    return NEWEST_FIRST.page(decisions.filter(**filters.chosen), filters.before, size=PAGE)
