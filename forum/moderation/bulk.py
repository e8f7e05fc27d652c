"""Bulk approval of GREEN texts and names that the moderator has opened. Each gets a decision of its own."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from core.params import int_or_none
from core.transitions import IllegalTransition
from forum.models import ItemView, Lane, ReviewItem
from forum.moderation.item_actions import APPROVE, ItemAction, actions_for, form_for
from forum.moderation.item_context import explain_conflict
from forum.moderation.pending_actions import perform

MAX_ITEMS = 50
KINDS = [ReviewItem.Kind.NEW, ReviewItem.Kind.EDIT, ReviewItem.Kind.NAME]
APPROVALS = [APPROVE.name, "approve-name", "keep-name"]


def selectable(rows: list[ReviewItem], moderator: User) -> dict[str, Any]:
    """Context with the rows that the moderator can select: GREEN texts and names that they opened and no one else has claimed."""
    seen = set(ItemView.objects.filter(by=moderator, item__in=rows).values_list("item", flat=True))
    return {"selectable": {row.pk for row in rows if row.pk in seen and _qualifies(row, moderator)}}


def bulk_approve(numbers: list[str], *, by: User) -> list[str]:
    """Approve each item; each can be undone on its own. Return a message for each that can't be approved."""
    pks = [pk for pk in map(int_or_none, numbers) if pk is not None][:MAX_ITEMS]
    refused = []
    related = ("revision__post__thread", "name_change", "member")
    for item in ReviewItem.objects.undecided().filter(pk__in=pks).select_related(*related).best_first():
        title = item.revision.post.thread if item.revision else item.name_change.name if item.name_change else item
        approve = _approval(item, by)
        if not (approve and _qualifies(item, by) and ItemView.objects.filter(item=item, by=by).exists()):
            refused.append(f"“{title}” was not approved: open it first.")
            continue
        try:
            perform(approve, item, form_for(approve, item, by, {}), by=by)
        except ValidationError as error:
            refused.append(f"“{title}” was not approved. {' '.join(error.messages)}")
        except (IllegalTransition, PermissionDenied):
            refused.append(f"“{title}” was not approved. {explain_conflict(item)}")
    return refused


def _approval(item: ReviewItem, moderator: User) -> ItemAction | None:
    """The action that approves a text, shows a waiting name, or leaves a shown one."""
    return next((action for action in actions_for(item, moderator) if action.name in APPROVALS), None)


def _qualifies(item: ReviewItem, moderator: User) -> bool:
    return item.lane == Lane.GREEN and item.kind in KINDS and not item.claimed_by_another(moderator)
