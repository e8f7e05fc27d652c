"""Several texts published at once: only GREEN ones that this moderator has opened, each decided on its own."""

from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.models import User
from core.params import int_or_none
from core.transitions import IllegalTransition
from forum.models import ItemView, Lane, ReviewItem
from forum.moderation.decide import approve
from forum.moderation.item_context import what_happened

MOST = 50
KINDS = [ReviewItem.Kind.NEW, ReviewItem.Kind.EDIT]


def opened(rows: list[ReviewItem], moderator: User) -> dict[str, Any]:
    """Which of these rows could be approved together: GREEN texts that this person has opened and nobody else is at."""
    seen = set(ItemView.objects.filter(by=moderator, item__in=rows).values_list("item", flat=True))
    return {"together": {row.pk for row in rows if row.pk in seen and _fits(row, moderator)}}


def approve_together(numbers: list[str], *, by: User) -> tuple[int, list[str]]:
    """How many were published, and a sentence for each that was not. One refusal holds back no other."""
    wanted = [pk for pk in map(int_or_none, numbers) if pk is not None][:MOST]
    done, refused = 0, []
    for item in ReviewItem.objects.open().filter(pk__in=wanted).select_related("revision__post__thread").best_first():
        title = item.revision.post.thread if item.revision else item
        if not (item.revision and _fits(item, by) and ItemView.objects.filter(item=item, by=by).exists()):
            refused.append(f"“{title}” was left: open it first.")
            continue
        try:
            approve(item.revision, by=by)
            done += 1
        except (IllegalTransition, PermissionDenied):
            refused.append(f"“{title}” was left: {what_happened(item)}")
    return done, refused


def _fits(item: ReviewItem, moderator: User) -> bool:
    return item.lane == Lane.GREEN and item.kind in KINDS and not item.claimed_by_another(moderator)
