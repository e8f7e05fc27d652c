"""What the team's board shows: who is on duty, who is here, what waits and how long, what is late."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from accounts.models import User
from forum.models import Duty, Lane, Presence, ReadOnlyPeriod, ReviewItem
from forum.permissions import can_lead_team
from forum.team import handover

AHEAD = timedelta(days=14)
FEW = 8
APPEAL = Q(kind=ReviewItem.Kind.APPEAL)


def board(user: User) -> dict[str, Any]:
    """The part that renews itself."""
    mine = (
        ReviewItem.objects.open().for_moderator(user).select_related("post__thread", "revision", "member", "claimed_by")
    )
    return (
        _rota(user)
        | _what_waits()
        | {
            "here": list(Presence.objects.now().select_related("moderator").order_by("moderator__display_name")),
            "late_rows": list(mine.late().best_first()[:FEW]),
            "appeals": list(mine.filter(APPEAL).order_by("asked_at")[:FEW]),
            "notes": list(handover.notes_to_read(user)[:FEW]),
            "closed": ReadOnlyPeriod.objects.running().select_related("by").first(),
            "now": timezone.now(),
        }
    )


def beside(user: User) -> dict[str, Any]:
    """What only the whole page has: who would like to talk, for the lead."""
    leads = can_lead_team(user)
    return {"lead": leads, "talks": list(handover.open_talks()) if leads else []}


def _rota(user: User) -> dict[str, Any]:
    now = timezone.now()
    shifts = Duty.objects.of_moderators().filter(ends_at__gt=now, starts_at__lt=now + AHEAD)
    rows = list(shifts.select_related("moderator").order_by("starts_at", "pk"))
    there = [duty for duty in rows if duty.starts_at <= now]
    planned = [duty for duty in rows if duty.starts_at > now]
    my_duty = next((duty for duty in there if duty.moderator_id == user.pk), None)
    return {"on_duty": there, "planned": planned, "my_duty": my_duty}


def _what_waits() -> dict[str, Any]:
    """For the whole team, whoever may decide it: each lane with its number, how many are late and since when the oldest waits."""
    late = Count("pk", filter=Q(promised_at__lt=timezone.now()))
    counted = {"n": Count("pk"), "late": late, "oldest": Min("asked_at")}
    appeals = {"appeals": Count("pk", filter=APPEAL), "oldest_appeal": Min("asked_at", filter=APPEAL)}
    by_lane: Any = ReviewItem.objects.open().order_by().values("lane").annotate(**counted, **appeals)
    rows = {row["lane"]: row for row in by_lane}
    moments = [row["oldest_appeal"] for row in rows.values() if row["oldest_appeal"]]
    return {
        "lanes": [{"label": lane.label} | rows.get(lane.value, {"n": 0, "late": 0, "oldest": None}) for lane in Lane],
        "late_all": sum(row["late"] for row in rows.values()),
        "appeals_all": sum(row["appeals"] for row in rows.values()),
        "oldest_appeal": min(moments, default=None),
    }
