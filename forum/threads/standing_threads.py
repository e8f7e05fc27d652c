"""Standing threads as readers see them: the current ones, and the ones before and after a thread."""

from functools import cache

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from accounts.models import User
from core.kept_query import KeptQuery
from core.requests import AnyUser
from forum.models import Category, StandingThread, Thread


def current_standing_threads(user: AnyUser, category: Category | None = None) -> list[StandingThread]:
    """Return the newest thread of each schedule that this user may read and that is open to replies, by their start."""
    where = [category.pk] if category else []
    found = _newest_of_schedules(user.is_authenticated, len(where))(*where)
    return sorted(found, key=lambda standing: standing.starts_at)


@cache
def _newest_of_schedules(is_member: bool, categories: int) -> KeptQuery[StandingThread]:
    reader: AnyUser = User() if is_member else AnonymousUser()
    readable = Thread.objects.visible_to(reader).filter(state=Thread.State.OPEN)
    rows = StandingThread.objects.filter(closed_at=None).order_by("schedule_id", "-starts_at").distinct("schedule_id")
    rows = rows.select_related("thread__category", "thread__author")

    def build(*where: int) -> QuerySet[StandingThread]:
        return rows.filter(thread__in=readable.filter(category=where[0]) if where else readable)

    return KeptQuery(build, *[int] * categories)


def standing_neighbor(user: AnyUser, *, newer: bool) -> Subquery:
    """Select pk and title of the next or the previous thread of the same schedule, for a queryset of threads."""
    near = StandingThread.objects.filter(
        schedule=OuterRef("standing__schedule"), thread__in=Thread.objects.visible_to(user)
    )
    start = OuterRef("standing__starts_at")
    if newer:
        near = near.filter(starts_at__gt=start).order_by("starts_at")
    else:
        near = near.filter(starts_at__lt=start).order_by("-starts_at")
    return Subquery(near.values(json=JSONObject(pk="thread__pk", title="thread__title"))[:1])
