"""Duty board: shifts, presence, open items by lane, late items and appeals."""

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


def board_context(user: User) -> dict[str, Any]:
    """Context of the part that refreshes itself."""
    decidable = (
        ReviewItem.objects.undecided()
        .for_moderator(user)
        .select_related("post__thread", "revision", "member", "claimed_by")
    )
    return (
        _rota(user)
        | waiting_by_lane()
        | {
            "here": list(Presence.objects.now().select_related("moderator").order_by("moderator__display_name")),
            "late_rows": list(decidable.late().best_first()[:FEW]),
            "appeals": list(decidable.filter(APPEAL).order_by("asked_at")[:FEW]),
            "notes": list(handover.notes_to_read(user)[:FEW]),
            "closed": ReadOnlyPeriod.objects.running().select_related("by").first(),
            "now": timezone.now(),
        }
    )


def lead_context(user: User) -> dict[str, Any]:
    """Context of the rest of the page: for the lead, the open debriefs."""
    leads = can_lead_team(user)
    return {"lead": leads, "debriefs": list(handover.open_debriefs()) if leads else []}


def _rota(user: User) -> dict[str, Any]:
    now = timezone.now()
    shifts = Duty.objects.of_moderators().filter(ends_at__gt=now, starts_at__lt=now + AHEAD)
    rows = list(shifts.select_related("moderator").order_by("starts_at", "pk"))
    current = [duty for duty in rows if duty.starts_at <= now]
    planned = [duty for duty in rows if duty.starts_at > now]
    my_duty = next((duty for duty in current if duty.moderator_id == user.pk), None)
    return {"on_duty": current, "planned": planned, "my_duty": my_duty}


def waiting_by_lane() -> dict[str, Any]:
    """Open items of each lane, including those that the user may not decide: how many, how many late, and the oldest."""
    late = Count("pk", filter=Q(promised_at__lt=timezone.now()))
    counted = {"n": Count("pk"), "late": late, "oldest": Min("asked_at")}
    appeals = {"appeals": Count("pk", filter=APPEAL), "oldest_appeal": Min("asked_at", filter=APPEAL)}
    by_lane: Any = ReviewItem.objects.undecided().order_by().values("lane").annotate(**counted, **appeals)
    rows = {row["lane"]: row for row in by_lane}
    oldest_appeals = [row["oldest_appeal"] for row in rows.values() if row["oldest_appeal"]]
    return {
        "lanes": [{"label": lane.label} | rows.get(lane.value, {"n": 0, "late": 0, "oldest": None}) for lane in Lane],
        "late_all": sum(row["late"] for row in rows.values()),
        "appeals_all": sum(row["appeals"] for row in rows.values()),
        "oldest_appeal": min(oldest_appeals, default=None),
    }
