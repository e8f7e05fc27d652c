"""Bulk approval of GREEN texts that the moderator has opened. Each gets a decision of its own."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from core.params import int_or_none
from core.transitions import IllegalTransition
from forum.models import ItemView, Lane, ReviewItem
from forum.moderation.decide import approve
from forum.moderation.item_context import explain_conflict

MAX_ITEMS = 50
KINDS = [ReviewItem.Kind.NEW, ReviewItem.Kind.EDIT]


def selectable(rows: list[ReviewItem], moderator: User) -> dict[str, Any]:
    """Context with the rows that the moderator can select: GREEN texts that they opened and no one else has claimed."""
    seen = set(ItemView.objects.filter(by=moderator, item__in=rows).values_list("item", flat=True))
    return {"selectable": {row.pk for row in rows if row.pk in seen and _qualifies(row, moderator)}}


def bulk_approve(numbers: list[str], *, by: User) -> tuple[int, list[str]]:
    """Approve each item. Return how many were published and a message for each that was not."""
    pks = [pk for pk in map(int_or_none, numbers) if pk is not None][:MAX_ITEMS]
    done, refused = 0, []
    for item in ReviewItem.objects.open().filter(pk__in=pks).select_related("revision__post__thread").best_first():
        title = item.revision.post.thread if item.revision else item
        if not (item.revision and _qualifies(item, by) and ItemView.objects.filter(item=item, by=by).exists()):
            refused.append(f"“{title}” was not published: open it first.")
            continue
        try:
            approve(item.revision, by=by)
            done += 1
        except ValidationError as error:
            refused.append(f"“{title}” was not published. {' '.join(error.messages)}")
        except (IllegalTransition, PermissionDenied):
            refused.append(f"“{title}” was not published. {explain_conflict(item)}")
    return done, refused


def _qualifies(item: ReviewItem, moderator: User) -> bool:
    return item.lane == Lane.GREEN and item.kind in KINDS and not item.claimed_by_another(moderator)
