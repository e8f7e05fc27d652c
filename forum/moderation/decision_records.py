"""Decision log: the only place that writes its rows."""

from django.utils import timezone

from accounts.models import User
from accounts.permissions import credential_in_force
from forum.models import Appeal, Decision, PostRevision, ReviewItem
from forum.publishing.queue_items import OF_REVISIONS, lane_by_triage, record_closer
from forum.publishing.second_review_sample import sample_for_second_review


def record_decision(
    revision: PostRevision,
    action: Decision.Action,
    *,
    by: User,
    reason: str = "",
    note: str = "",
    appeal: Appeal | None = None,
    with_note: bool = False,
    with_redaction: bool = False,
) -> Decision:
    """Log a decision or a message with the credential in force. A decision sets `closed_by` on the text's
    closed queue item, and may be drawn for a second review.

    Lane and waiting time are those of the item that the decision answers: the appeal's; an open report's if a post is
    removed; otherwise the text's own.
    """
    credential = credential_in_force(by)
    if credential is None:
        raise ValueError(f"{by} has no credential in force.")
    item = _item_answered(revision, action, appeal)
    lane, since = (item.lane, item.asked_at) if item else (lane_by_triage(revision), revision.created_at)
    if action != Decision.Action.MESSAGE:
        record_closer(by, revision=revision)
    decision = Decision.objects.create(
        revision=revision,
        action=action,
        by=by,
        credential=credential,
        reason=reason,
        note=note,
        waited=timezone.now() - since,
        lane=lane,
        with_note=with_note,
        with_redaction=with_redaction,
    )
    sample_for_second_review(decision)
    return decision


def _item_answered(revision: PostRevision, action: str, appeal: Appeal | None) -> ReviewItem | None:
    items = ReviewItem.objects.order_by("-pk")
    if appeal:
        return items.filter(appeal=appeal).first()
    reported = items.open().filter(kind=ReviewItem.Kind.REPORT, post=revision.post_id)
    item = reported.first() if action == Decision.Action.REMOVED else None
    return item or items.filter(revision=revision, kind__in=OF_REVISIONS).first()
