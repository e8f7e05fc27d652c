"""Follow-ups: look at a person again at a later time, with the assessment that a clinician wrote down."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.models import FollowUp, ReviewItem
from forum.moderation.text_decisions import item_for_update
from forum.publishing.queue_items import close_follow_up_item, open_follow_up_item

BATCH = 50
AGAIN = {"1": "Tomorrow", "3": "In 3 days", "7": "In a week"}  # days


def time_of(days: str) -> datetime | None:
    """When a person is looked at again; None for no choice."""
    return timezone.now() + timedelta(days=int(days)) if days else None


def open_due_follow_ups() -> int:
    """Put the follow-ups whose time has come into the queue. The worker's chore; return how many."""
    due = FollowUp.objects.filter(item=None, due_at__lte=timezone.now()).order_by("due_at").values_list("pk", flat=True)
    return sum(_open(pk) for pk in list(due[:BATCH]))


@transaction.atomic
def _open(pk: int) -> bool:
    found = FollowUp.objects.select_for_update(skip_locked=True, of=["self"]).select_related("person", "post")
    follow_up = found.filter(pk=pk, item=None).first()
    if follow_up is None:
        return False
    follow_up.item = open_follow_up_item(follow_up)
    follow_up.save(update_fields=["item"])
    return True


@transaction.atomic
def complete_follow_up(item: ReviewItem, *, by: User, assessment: str, again_at: datetime | None = None) -> None:
    """Close the item with what the clinician saw now; plan the next look, if any. Raise PermissionDenied, Superseded."""
    item = item_for_update(item, by)
    follow_up = item.follow_up
    if follow_up.person_id == by.pk:
        raise PermissionDenied
    if again_at:
        FollowUp.objects.create(
            person=follow_up.person,
            post=follow_up.post,
            card=follow_up.card,
            by=by,
            assessment=assessment,
            due_at=again_at,
        )
    elif assessment:
        item.private_notes.create(by=by, text=assessment)
    close_follow_up_item(item, by)
