"""Undo: what a moderator does takes effect when it can't be undone anymore.

Until then only a `PendingAction` exists: author and readers see nothing of it, and an action that is undone never happened.
"""

import logging
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.forms import Form
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from accounts.models import User
from accounts.permissions import required_credential
from core import page_cache
from core.kept_query import KeptQuery
from core.transitions import IllegalTransition, transition
from forum.models import PendingAction, Post, ReviewItem, Thread
from forum.moderation import item_actions, published_actions
from forum.moderation.claims import extend_claim
from forum.moderation.item_actions import ItemAction
from forum.moderation.published_actions import PublishedAction
from forum.moderation.text_decisions import Superseded
from forum.notifications.kinds import tell_not_carried_out
from forum.permissions import can_moderate, can_undo_action

log = logging.getLogger(__name__)
Subject = ReviewItem | Post | Thread
Action = ItemAction | PublishedAction
State = PendingAction.State

BATCH = 100
NEXT_DUE_KEY, NOTHING = "forum:next-due", "nothing"
CACHE_SECONDS = 60  # short, since some caches are not shared between processes


class TooLate(Superseded):
    """An action has taken effect, or has been undone already."""

    heading = "Too late to undo"


def perform(action: Action, subject: Any, form: Form, *, by: User) -> object:
    """Carry out an action with its form: at once, or when it can't be undone anymore.

    Return what its service returns, or the PendingAction. Raise ValidationError for a form with errors, what the service
    raises, and Superseded if another action on the subject is about to take effect.
    """
    if not form.is_valid():
        raise ValidationError(_errors(form))
    return postpone(action, subject, form, by=by) if action.waits else action.run(subject, form, by)


@transaction.atomic
def postpone(action: Action, subject: Subject, form: Form, *, by: User) -> PendingAction:
    """Try an action, so that the moderator sees its errors now, and let it take effect later.

    A second click returns the same row. Raise what the service raises, and Superseded if someone was faster.
    """
    earlier = PendingAction.objects.pending().on(subject).first()
    if earlier and (earlier.by_id, earlier.action) == (by.pk, action.name):
        return earlier
    if earlier:
        raise Superseded(f"A moderator has decided: {earlier.title}. It takes effect in a moment.")
    _try(action, subject, form, by)
    if isinstance(subject, ReviewItem):
        extend_claim(subject, by=by)
    pending, new = PendingAction.objects.get_or_create(
        **PendingAction.subject_field(subject),
        state=State.PENDING,
        defaults={
            "action": action.name,
            "title": action.title,
            "data": _as_sent(form),
            "lane": getattr(subject, "lane", None),
            "by": by,
            "credential": required_credential(by),
        },
    )
    if not new:
        raise Superseded("A moderator has decided this just now.")
    transaction.on_commit(forget_next_due)
    return pending


def _errors(form: Form) -> list[str]:
    return [str(message) for messages in form.errors.values() for message in messages]


def _try(action: Action, subject: Any, form: Form, by: User) -> None:
    """Carry out an action and roll it back."""
    with transaction.atomic():
        action.run(subject, form, by)
        transaction.set_rollback(True)


def _as_sent(form: Form) -> dict[str, list[str]]:
    """The values of the form's fields. The rest of what was sent, such as the CSRF token, is left out."""
    sent = MultiValueDict(form.data) if not hasattr(form.data, "getlist") else form.data
    names = [form.add_prefix(name) for name in form.fields]
    return {name: sent.getlist(name) for name in names if name in sent}


@transaction.atomic
def undo(pending: PendingAction, *, by: User) -> PendingAction:
    """Call an action off; its item stays claimed by `by`. Raise PermissionDenied, and TooLate if it has taken effect."""
    pending = PendingAction.objects.select_for_update().get(pk=pending.pk)
    if not can_undo_action(by, pending):
        raise PermissionDenied
    if pending.state != State.PENDING or pending.due_at <= timezone.now():
        raise TooLate(f"This has been settled already: {pending.title}, {pending.get_state_display()}.")
    transition(pending, State.UNDONE, settled_at=timezone.now())
    return pending


@transaction.atomic
def undo_all(by: User) -> int:
    """Call off everything that `by` can still undo, such as a bulk approval. Return how many actions that were."""
    if not can_moderate(by):
        raise PermissionDenied
    rows = list(PendingAction.objects.pending().filter(by=by, due_at__gt=timezone.now()).select_for_update())
    for pending in rows:
        transition(pending, State.UNDONE, settled_at=timezone.now())
    return len(rows)


def still_undoable(by: User) -> list[PendingAction]:
    """What `by` can still undo, the newest first."""
    return UNDOABLE(by.pk, timezone.now())


def _undoable(moderator: int, at: datetime) -> QuerySet[PendingAction]:
    related = ("item__post__thread", "item__revision", "item__member", "post__thread", "thread")
    found = PendingAction.objects.pending().filter(by=moderator, due_at__gt=at).select_related(*related)
    return found.order_by("-pk")


UNDOABLE = KeptQuery(_undoable, int, datetime)


def typed_before(item: ReviewItem, by: User) -> dict[str, dict[str, str]]:
    """What `by` had typed in actions that were undone or failed, by the action's name; the latest action is last."""
    states = [State.UNDONE, State.FAILED]
    rows = PendingAction.objects.filter(item=item, by=by, state__in=states).order_by("settled_at", "pk")
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.pop(row.action, None)
        found[row.action] = {
            name.removeprefix(f"{row.action}-"): values[-1] for name, values in row.data.items() if values
        }
    return found


def apply_due() -> int:
    """Carry out every action whose undo period is over, the oldest first. Return how many took effect."""
    due = list(PendingAction.objects.due().order_by("due_at", "pk").values_list("pk", flat=True)[:BATCH])
    done = sum(_settle(pk) for pk in due)
    if due:
        forget_next_due()
    return done


def apply_due_for_reader() -> None:
    """Carry out what is due before a page is shown, without a query if nothing is. A database error is only logged."""
    try:
        due = _next_due()
        if due and due <= timezone.now():
            apply_due()
            forget_next_due()
    except DatabaseError:
        log.exception("A moderator's action could not be carried out.")
        page_cache.shared().set(NEXT_DUE_KEY, NOTHING, CACHE_SECONDS)


def _next_due() -> datetime | None:
    known = page_cache.shared().get(NEXT_DUE_KEY)
    if known is None:
        known = PendingAction.objects.pending().order_by("due_at").values_list("due_at", flat=True).first()
        page_cache.shared().set(NEXT_DUE_KEY, known or NOTHING, CACHE_SECONDS)
    return None if known == NOTHING else known


def forget_next_due() -> None:
    page_cache.shared().delete(NEXT_DUE_KEY)


@transaction.atomic
def _settle(pk: int) -> bool:
    """Carry out one action, and return whether it took effect. A row that another process settles now is skipped."""
    rows = PendingAction.objects.due().select_for_update(skip_locked=True, of=["self"])
    pending = rows.select_related("by", "item", "post", "thread").filter(pk=pk).first()
    if pending is None:
        return False
    failure = _carry_out(pending)
    now = timezone.now()
    if failure is None:
        transition(pending, State.DONE, settled_at=now, data={})
    else:
        transition(pending, State.FAILED, settled_at=now, failure=failure[:500])
        tell_not_carried_out(pending, url_of(pending.subject))
    _release(pending)
    return failure is None


def _carry_out(pending: PendingAction) -> str | None:
    """Carry out the action as if it were done now. Return why it can't be, or None.

    An error in our own code must not keep readers from their pages: it is logged, and the moderator is told.
    """
    try:
        with transaction.atomic():
            _assert_not_more_urgent(pending)
            action = _find(pending)
            form = _form(action, pending)
            if not form.is_valid():
                return " ".join(_errors(form))
            subject: Any = pending.subject
            action.run(subject, form, pending.by)
    except (IllegalTransition, ValidationError) as conflict:
        return " ".join(conflict.messages) if isinstance(conflict, ValidationError) else str(conflict)
    except PermissionDenied:
        return "You may not do this anymore."
    except DatabaseError:
        raise
    except Exception:
        log.exception("%s could not be carried out.", pending)
        return "There was an error on our side."
    return None


def _assert_not_more_urgent(pending: PendingAction) -> None:
    """Raise Superseded if more has become known since: no one may close what they haven't read."""
    if pending.item and pending.lane and pending.item.lane < pending.lane:
        raise Superseded("It has become more urgent since.")
    if pending.post and pending.post.reports.open().filter(made_at__gt=pending.made_at).exists():
        raise Superseded("Someone has reported it since.")


def _find(pending: PendingAction) -> Action:
    """Raise Superseded if the moderator may not take this action anymore."""
    actions: list[Any] = []
    if pending.item and pending.item.state == ReviewItem.State.OPEN:
        actions = item_actions.actions_for(pending.item, pending.by)
    elif pending.post:
        actions = published_actions.actions_for_post(pending.post, pending.by)
    elif pending.thread:
        actions = published_actions.actions_for_thread(pending.thread, pending.by)
    for action in actions:
        if action.name == pending.action:
            return action
    raise Superseded("Someone else has dealt with it.")


def _form(action: Any, pending: PendingAction) -> Form:
    data = MultiValueDict(pending.data)
    if pending.item:
        return item_actions.form_for(action, pending.item, pending.by, data)
    return published_actions.form_for(action, pending.post or pending.thread, data)  # type: ignore[arg-type]


def _release(pending: PendingAction) -> None:
    """End the claim on an item that is still open, such as one that a second clinician must close."""
    if pending.item_id:
        own = ReviewItem.objects.open().filter(pk=pending.item_id, claimed_by=pending.by_id)
        own.update(claimed_by=None, claimed_until=None)


def url_of(subject: Subject) -> str:
    """The page on which moderators act on it."""
    names = {ReviewItem: "forum:review-item", Post: "forum:moderate-post", Thread: "forum:moderate-thread"}
    return reverse(names[type(subject)], args=[subject.pk])
