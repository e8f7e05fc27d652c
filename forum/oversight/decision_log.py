"""The log of decisions: moderators read all of it, members what is about their own words. Newest first, by keys."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import User
from core.pagination import NEWEST_FIRST, Page
from core.params import int_or_none
from forum.models import Decision, Lane

PAGE = 30


@dataclass(frozen=True)
class Wanted:
    """The filters of an address. What is not one of the choices chooses nothing."""

    action: str = ""
    lane: str = ""
    reason: str = ""
    by: str = ""
    before: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "Wanted":
        said = {name: query.get(name, "") for name in ("action", "lane", "reason", "by", "before")}
        numbers = {name: said[name] if int_or_none(said[name]) is not None else "" for name in ("by", "before")}
        lane = said["lane"] if said["lane"] in {str(number) for number in Lane.values} else ""
        action = said["action"] if said["action"] in Decision.Action.values else ""
        return cls(action, lane, said["reason"].replace("\0", "")[:24], **numbers)

    def rows(self, decisions: QuerySet[Decision]) -> QuerySet[Decision]:
        which = {"action": self.action, "lane": self.lane, "reason": self.reason, "by": self.by}
        return decisions.filter(**{name: value for name, value in which.items() if value})


def all_decisions() -> QuerySet[Decision]:
    return Decision.objects.select_related("revision__post__thread", "by", "credential")


def decisions_about(member: User) -> QuerySet[Decision]:
    """On this person's words. Who decided is not fetched: members learn the profession."""
    own = Decision.objects.filter(revision__post__author=member)
    return own.select_related("revision__post__thread", "credential")


def page_of(decisions: QuerySet[Decision], wanted: Wanted) -> Page[Decision]:
    return NEWEST_FIRST.page(wanted.rows(decisions), wanted.before, size=PAGE)
