"""Decisions, newest first: moderators see all of them, members those on their own posts."""

from collections.abc import Container
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import User
from core.pagination import NEWEST_FIRST, Page
from core.params import int_or_none
from forum.models import Decision, Lane

PAGE = 30


@dataclass(frozen=True)
class LogFilters:
    """Filters from the query string. Unknown values are ignored."""

    action: str = ""
    lane: str = ""
    reason: str = ""
    by: str = ""
    before: str = ""

    @classmethod
    def from_query(cls, query: QueryDict, actions: Container[str]) -> "LogFilters":
        raw = {name: query.get(name, "") for name in ("action", "lane", "reason", "by", "before")}
        by = raw["by"] if int_or_none(raw["by"]) is not None else ""
        lane = raw["lane"] if raw["lane"] in {str(number) for number in Lane.values} else ""
        action = raw["action"] if raw["action"] in actions else ""
        return cls(action, lane, raw["reason"].replace("\0", "")[:24], by, raw["before"])

    def rows(self, decisions: QuerySet[Decision]) -> QuerySet[Decision]:
        filters = {"action": self.action, "lane": self.lane, "reason": self.reason, "by": self.by}
        return decisions.filter(**{name: value for name, value in filters.items() if value})


def all_decisions() -> QuerySet[Decision]:
    return Decision.objects.select_related("revision__post__thread", "by", "credential")


def decisions_about(member: User) -> QuerySet[Decision]:
    """Decisions on the member's posts. The decider is not fetched: members see only the profession."""
    own = Decision.objects.filter(revision__post__author=member)
    return own.select_related("revision__post__thread", "credential")


def page_of(decisions: QuerySet[Decision], filters: LogFilters) -> Page[Decision]:
    return NEWEST_FIRST.page(filters.rows(decisions), filters.before, size=PAGE)
