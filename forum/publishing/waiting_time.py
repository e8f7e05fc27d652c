"""How long posts wait for their first decision, as shown to authors."""

from datetime import timedelta
from statistics import median

from django.utils import timezone

from core import page_cache
from forum.models import Decision

WEEK = timedelta(days=7)
SAMPLE = 200  # decisions
FIRST_DECISIONS = [Decision.Action.APPROVED, Decision.Action.CHANGES, Decision.Action.REJECTED]


def waiting_time() -> timedelta | None:
    """Return `median_wait`, cached for a minute."""
    return page_cache.shared().get_or_set("forum:waiting", median_wait, 60)


def median_wait() -> timedelta | None:
    """Return the median wait of the newest posts decided in the last seven days, or None."""
    recent = Decision.objects.filter(decided_at__gt=timezone.now() - WEEK, action__in=FIRST_DECISIONS)
    waits = list(recent.order_by("-decided_at").values_list("waited", flat=True)[:SAMPLE])
    return median(waits) if waits else None  # type: ignore[type-var]
