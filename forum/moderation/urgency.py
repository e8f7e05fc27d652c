"""How urgent an item is: clinicians change its lane, flag danger in a published post, and close what has no text to decide on."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.notifications.inbox import retract_notifications
from accounts.permissions import required_credential
from core.transitions import transition
from forum.models import Acuteness, Experience, ItemLogEntry, Lane, Post, PostRevision, Report, ReviewItem
from forum.models.queue import UNDO_PERIOD
from forum.moderation.claims import claim
from forum.moderation.text_decisions import Superseded, item_for_update
from forum.notifications.kinds import RED, tell_red
from forum.permissions import can_moderate_post, can_undo_change
from forum.publishing.locks import lock_post
from forum.publishing.queue_items import (
    OF_REVISIONS,
    is_open_elsewhere,
    open_danger_item,
    promised_time,
    raise_to_red,
    record_closer,
)

Action = ItemLogEntry.Action
UNDECIDED = [PostRevision.State.WAITING, PostRevision.State.SHOWN]
GONE = [Post.State.REMOVED, Post.State.DELETED, Post.State.WITHDRAWN]


@transaction.atomic
def change_urgency(
    item: ReviewItem, *, by: User, lane: int, reason: str, acuteness: int = Acuteness.OTHER
) -> ItemLogEntry:
    """Put an item into another lane, or change how acute a RED one is. RED alarms those on duty.

    Raise PermissionDenied, Superseded, and ValidationError if nothing would change or a help card keeps the item in RED.
    """
    item = item_for_update(item, by)
    acuteness = acuteness if lane == Lane.RED else Acuteness.OTHER
    if (lane, acuteness) == (item.lane, item.acuteness):
        raise ValidationError("It is in that lane already.")
    if item.needs_second and lane > Lane.RED:
        raise ValidationError("A help card was sent, so it stays in red until two clinicians have closed it.")
    before, kept = item.lane, _urgency_of(item)
    item.acuteness = acuteness
    if lane == Lane.RED and before > Lane.RED:
        raise_to_red(item)
    elif lane != before:
        item.lane, item.promised_at = lane, _new_promise(item, lane)
    item.save(update_fields=["lane", "acuteness", "promised_at"])
    action = Action.LOWERED if (lane, acuteness) > (before, acuteness) else Action.RAISED
    entry = _log(item, action, before, by=by, reason=reason, item_before=kept)
    if lane == Lane.RED:
        tell_red(item, by=by)
    return entry


def _new_promise(item: ReviewItem, lane: int) -> datetime:
    """A more urgent lane promises from now; a less urgent one from when the text was sent."""
    if lane < item.lane:
        return min(item.promised_at, timezone.now() + promised_time(lane))
    return item.asked_at + promised_time(lane)


@transaction.atomic
def flag_danger(post: Post, *, by: User, reason: str) -> ReviewItem:
    """Make the open item of a published post RED, or open one about its author, and claim it for `by` if it is free.

    Raise PermissionDenied.
    """
    post = lock_post(post.pk)
    if not can_moderate_post(by, post):
        raise PermissionDenied
    User.objects.select_for_update(no_key=True).get(pk=post.author_id)  # two moderators at once share one item
    open_items = ReviewItem.objects.open().for_moderator(by).filter(post=post).best_first()
    item = open_items.select_for_update(no_key=True, of=["self"]).first()
    before, kept = (item.lane, _urgency_of(item)) if item else (Lane.GREEN, None)
    if item is None:
        item = open_danger_item(post.author, post)
    elif item.lane > Lane.RED:
        raise_to_red(item)
    _log(item, Action.RAISED, before, by=by, reason=reason, item_before=kept)
    tell_red(item, by=by)
    return item if item.claimed_by_another(by) else claim(item, by=by)


def needs_only_closing(item: ReviewItem) -> bool:
    """Whether no decision about a text answers the item: its text is gone, or it never had one."""
    if item.kind == ReviewItem.Kind.DANGER:
        return True
    if item.name_change is not None:
        return not item.name_change.is_open
    if item.experience is not None:
        return item.experience.state != Experience.State.WAITING
    if item.kind not in OF_REVISIONS or item.revision is None or item.post is None:
        return False
    return item.revision.state not in UNDECIDED or item.post.state in GONE


@transaction.atomic
def close_item(item: ReviewItem, *, by: User, reason: str) -> ItemLogEntry:
    """Close an item that no decision answers, with what the clinician saw and did.

    Raise PermissionDenied, and Superseded if it is closed, if its text must be decided, or if two clinicians must close it.
    """
    item = item_for_update(item, by)
    if item.claimed_by_another(by) or item.needs_second or not needs_only_closing(item):
        raise Superseded("This can’t be closed like this right now.")
    entry = _log(item, Action.CLOSED, item.lane, by=by, reason=reason, item_before=_urgency_of(item))
    done = {"closed_at": timezone.now(), "claimed_by": None, "claimed_until": None}
    transition(item, ReviewItem.State.CLOSED, **done)
    record_closer(by, pk=item.pk)
    return entry


def last_undoable_change(by: User) -> ItemLogEntry | None:
    """The latest thing that `by` did to an item, if it can still be undone."""
    recent = ItemLogEntry.objects.filter(by=by, done_at__gt=timezone.now() - UNDO_PERIOD)
    newest = recent.order_by("-pk").first()
    return newest if newest and newest.can_still_be_undone() else None


@transaction.atomic
def undo_change(entry: ItemLogEntry, *, by: User) -> ReviewItem:
    """Give the item the lane and times that it had before `entry`, or open it again if `entry` closed it.

    An item that `entry` opened is closed. Raise PermissionDenied, and Superseded if it is too late or more has happened.
    """
    item = ReviewItem.objects.select_for_update(no_key=True).get(pk=entry.item_id)
    if not can_undo_change(by, entry):
        raise PermissionDenied
    if not entry.can_still_be_undone() or _has_moved_on(item, entry):
        raise Superseded("It is too late to undo this, or something else has happened since.")
    retract_notifications([RED.key], item.pk, entry.done_at)
    _restore(item, entry)
    _log(item, Action.UNDONE, entry.lane_after, by=by, reason="Undone within 30 seconds.")
    return item


def _has_moved_on(item: ReviewItem, entry: ItemLogEntry) -> bool:
    """Whether the item isn't as `entry` left it: closed or opened, sent a card, or given another text or report."""
    was_closed = entry.action == Action.CLOSED
    if item.needs_second or item.lane != entry.lane_after or was_closed != (item.state == ReviewItem.State.CLOSED):
        return True
    reports = Report.objects.open().filter(post=item.post_id, member=item.member_id, made_at__gt=entry.done_at)
    reported = item.kind == ReviewItem.Kind.REPORT and reports.exists()
    return reported or item.outside_texts.filter(made_at__gt=entry.done_at).exists()


def _restore(item: ReviewItem, entry: ItemLogEntry) -> None:
    by, claim_ended = entry.by, {"claimed_by": None, "claimed_until": None}
    if entry.action == Action.CLOSED:
        if is_open_elsewhere(item):
            raise Superseded("Another item about this is open now.")
        transition(item, ReviewItem.State.OPEN, closed_at=None, closed_by=None)
        claim(item, by=by)
    elif entry.item_before is None:
        transition(item, ReviewItem.State.CLOSED, closed_at=timezone.now(), closed_by=by, **claim_ended)
    else:
        item.lane, item.acuteness = entry.item_before["lane"], entry.item_before["acuteness"]
        item.promised_at = datetime.fromisoformat(entry.item_before["promised_at"])
        item.save(update_fields=["lane", "acuteness", "promised_at"])


def _urgency_of(item: ReviewItem) -> dict[str, Any]:
    return {"lane": item.lane, "acuteness": item.acuteness, "promised_at": item.promised_at.isoformat()}


def _log(
    item: ReviewItem, action: Action, before: int, *, by: User, reason: str, item_before: dict[str, Any] | None = None
) -> ItemLogEntry:
    return ItemLogEntry.objects.create(
        item=item,
        action=action,
        lane_before=before,
        lane_after=item.lane,
        reason=reason,
        item_before=item_before,
        by=by,
        credential=required_credential(by),
    )
