"""Standing threads as readers see them: the current ones, and the ones before and after a thread."""

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from core.requests import AnyUser
from forum.models import Category, StandingThread, Thread


def current_standing_threads(user: AnyUser, category: Category | None = None) -> list[StandingThread]:
    """Return the newest thread of each schedule that this user may read and that is open to replies, by their start."""
    readable = Thread.objects.visible_to(user).filter(state=Thread.State.OPEN)
    if category:
        readable = readable.filter(category=category)
    rows = StandingThread.objects.filter(thread__in=readable, closed_at=None).order_by("schedule_id", "-starts_at")
    found = rows.distinct("schedule_id").select_related("thread__category", "thread__author")
    return sorted(found, key=lambda standing: standing.starts_at)


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
