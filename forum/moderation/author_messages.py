"""Messages to authors that decide nothing. An author can answer each once, as they can ask about a decision."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from forum.models import Decision, ReviewItem
from forum.moderation.decision_records import record_decision
from forum.moderation.text_decisions import item_for_update
from forum.notifications.kinds import tell_message
from forum.permissions import can_send_message


@transaction.atomic
def send_message(item: ReviewItem, *, by: User, text: str) -> Decision:
    """Write to the author of the item’s post and leave the item open. Only they and moderators read it; it stays in the log.

    Raise PermissionDenied and Superseded.
    """
    item = item_for_update(item, by)
    if not can_send_message(by, item):
        raise PermissionDenied
    revision = item.revision or item.post.live_revision or item.post.revisions.latest("number")  # type: ignore[union-attr]
    decision = record_decision(revision, Decision.Action.MESSAGE, by=by, note=text)
    tell_message(decision)
    return decision
