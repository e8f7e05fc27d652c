"""A change of a row from draft to what readers see: one function for each act, each one transaction."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from core import page_cache
from guide.models import ReferenceChange, ReferenceDecision
from guide.permissions import (
    can_publish_change_urgently,
    can_review_change,
    can_submit_change,
    can_take_back_change,
    can_write_change,
)
from guide.review import row_snapshot
from guide.review.notifications import tell_author, tell_reviewers
from guide.review.revisions import forget_next_due, guide_changed
from guide.review.row_constraints import StillNeeded, may_go, parts_are_there, sources_are_there
from guide.review.row_snapshot import GATED, Json, digest, settled, snapshot

State = ReferenceChange.State
CHECKLIST = {
    "accurate": "It is accurate, and its sources say so.",
    "warnings": "No warning is missing.",
    "plain": "It is plain: a tired reader understands it.",
    "current": "It is current: numbers, prices and phone numbers were looked at.",
}


class CannotMove(ValueError):
    """The change is in no state from which this can happen; somebody else was quicker."""


class RowChanged(ValueError):
    """What readers see is no longer what this change began from: it must be read anew."""


class NothingChanged(ValueError):
    """The words are those that readers see already."""


@dataclass(frozen=True)
class Proposal:
    """How an editor would have one row. `row`: its key, None for a new one; `replaces`: the draft it was begun from."""

    model: str
    row: int | None
    fields: Json
    label: str
    note: str = ""
    removes: bool = False
    replaces: ReferenceChange | None = None


def find_row(model: str, pk: int | None, *, lock: bool = False) -> models.Model | None:
    found = GATED[model]._default_manager.filter(pk=pk)
    return found.select_for_update(of=("self",)).first() if lock else found.first()


def beginning(model: str, pk: int | None, draft: ReferenceChange | None) -> str:
    """Names what a form begins from: what readers see, and the draft that lies over it."""
    return beginning_of(snapshot(find_row(model, pk)), draft)


def beginning_of(now: Json, draft: ReferenceChange | None) -> str:
    return digest(now, draft.pk if draft else None)


def open_change(model: str, pk: int | None) -> ReferenceChange | None:
    return ReferenceChange.objects.of_row(model, pk).open().select_related("author").first()


@transaction.atomic
def propose(proposal: Proposal, *, by: User) -> ReferenceChange:
    """A new draft over an older one, if there is one. Raises NothingChanged, CannotMove, StillNeeded."""
    if not can_write_change(by, proposal.model):
        raise PermissionDenied("You may not edit this part of the guide.")
    row = find_row(proposal.model, proposal.row, lock=True)
    before = snapshot(row)
    fields = {} if proposal.removes else settled(proposal.fields, before)
    if fields == before:
        raise NothingChanged("Nothing differs from what readers see.")
    if proposal.removes and row:
        may_go(row)
    return ReferenceChange.objects.create(
        model=proposal.model,
        row=proposal.row,
        removes=proposal.removes,
        label=proposal.label[:200],
        fields=fields,
        before=before,
        author=by,
        note=proposal.note,
        replaces=_supersede(proposal),
    )


def _supersede(proposal: Proposal) -> ReferenceChange | None:
    """The draft that gives way: the open one of the row, or of a row to be the one it was begun from."""
    draft = open_change(proposal.model, proposal.row) or proposal.replaces
    if draft:
        draft = _locked(draft)
        _move(draft, State.SUPERSEDED)
    return draft


def _locked(change: ReferenceChange) -> ReferenceChange:
    [found] = ReferenceChange.objects.select_for_update(of=("self",)).select_related("replaces").filter(pk=change.pk)
    return found


def _move(change: ReferenceChange, to: str, **also: object) -> None:
    if to not in ReferenceChange.TRANSITIONS[change.state] or change.applied_at:  # type: ignore[index]
        raise CannotMove(f"This change is “{change.get_state_display()}” by now.")
    if change.state == State.APPROVED and to != State.SUPERSEDED and open_change(change.model, change.row):
        raise CannotMove("Somebody has begun a newer draft of this row.")
    change.state = to
    for name, value in also.items():
        setattr(change, name, value)
    change.save(update_fields=["state", *also])


@transaction.atomic
def submit_change(change: ReferenceChange, *, by: User) -> ReferenceDecision:
    """Send it to those who review. Raises CannotMove, and RowChanged if readers see something else by now."""
    change = _locked(change)
    if not can_submit_change(by, change):
        raise PermissionDenied("You may not send this for review.")
    _move(change, State.SUBMITTED)
    _unchanged(change)
    tell_reviewers(change, by=by)
    return change.decisions.create(action="submitted", by=by)


@transaction.atomic
def take_back_change(change: ReferenceChange, *, by: User) -> ReferenceDecision:
    """Back to a draft, also what was approved for a time that has not come. Raises CannotMove."""
    change = _locked(change)
    if not can_take_back_change(by, change):
        raise PermissionDenied("Only who wrote or sent it takes it back.")
    if change.state not in (State.SUBMITTED, State.APPROVED):
        raise CannotMove(f"This change is “{change.get_state_display()}” by now.")
    _move(change, State.DRAFT, live_at=None)
    return change.decisions.create(action="taken-back", by=by)


@transaction.atomic
def drop_change(change: ReferenceChange, *, by: User) -> ReferenceDecision:
    """Give a draft up: the row stays as readers see it. Raises CannotMove."""
    change = _locked(change)
    if not can_submit_change(by, change):
        raise PermissionDenied("You may not edit this part of the guide.")
    if change.state not in (State.DRAFT, State.SENT_BACK):
        raise CannotMove(f"This change is “{change.get_state_display()}” by now.")
    _move(change, State.SUPERSEDED)
    return change.decisions.create(action="taken-back", by=by, reason="given up")


@transaction.atomic
def send_back_change(change: ReferenceChange, *, by: User, reason: str) -> ReferenceDecision:
    """Raises CannotMove."""
    change = _locked(change)
    if not can_review_change(by, change):
        raise PermissionDenied("You may not review this.")
    _move(change, State.SENT_BACK, live_at=None)
    tell_author(change, "came back to you with words on what should change.", by=by)
    return change.decisions.create(action="sent-back", by=by, reason=reason)


@transaction.atomic
def approve_change(
    change: ReferenceChange, *, by: User, checked: list[str], live_at: datetime | None = None
) -> ReferenceDecision:
    """Let it through, now or at a time; or, for what went out urgently, say that a second person has read it.

    Raises CannotMove, RowChanged, StillNeeded, ValidationError.
    """
    change = _locked(change)
    if not can_review_change(by, change):
        raise PermissionDenied("Nobody approves their own change.")
    if ReferenceChange.objects.unread_urgent().filter(pk=change.pk).exists():
        page_cache.clear_on_commit()  # they said that nobody had read it
        tell_author(change, "was approved.", by=by)
        return change.decisions.create(action="approved", by=by, checked=checked)
    if change.state != State.SUBMITTED:
        raise CannotMove(f"This change is “{change.get_state_display()}” by now.")
    decision = change.decisions.create(action="approved", by=by, checked=checked)
    _move(change, State.APPROVED, live_at=live_at)
    forget_next_due()
    if live_at is None or live_at <= timezone.now():
        _apply(change)
    else:
        _unchanged(change)
    tell_author(change, "was approved.", by=by)
    return decision


@transaction.atomic
def publish_change_urgently(change: ReferenceChange, *, by: User, reason: str) -> ReferenceDecision:
    """Readers see it at once; the desk says that nobody else has read it yet. Raises what approve_change raises."""
    change = _locked(change)
    if not can_publish_change_urgently(by, change):
        raise PermissionDenied("You may not publish this.")
    if change.state == State.APPROVED:
        raise CannotMove("It is approved already.")
    decision = change.decisions.create(action="urgent", by=by, reason=reason)
    _move(change, State.APPROVED)
    _apply(change)
    return decision


def apply_due_changes() -> int:
    """What was approved for a time that has come; returns how many. One that cannot go live goes back with the reason."""
    found = 0
    for change in ReferenceChange.objects.due().order_by("live_at", "pk"):
        found += _apply_due(change)
    return found


@transaction.atomic
def _apply_due(change: ReferenceChange) -> int:
    mine = ReferenceChange.objects.due().select_for_update(skip_locked=True).filter(pk=change.pk).first()
    if mine is None:
        return 0
    try:
        with transaction.atomic():
            _apply(mine)
    except (RowChanged, StillNeeded, ValidationError) as error:
        mine.applied_at = None  # the attempt was rolled back, and so is what this object knows of it
        _return_planned(mine, error)
        return 0
    mine.decisions.create(action="published", by=None)
    return 1


def _return_planned(change: ReferenceChange, error: Exception) -> None:
    newer = open_change(change.model, change.row)
    _move(change, State.SUPERSEDED if newer else State.SENT_BACK, live_at=None)
    words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    change.decisions.create(action="sent-back", by=None, reason=f"Not at its time: {words}"[:200])


def _unchanged(change: ReferenceChange) -> models.Model | None:
    """The row, locked, if it is what the change began from. Raises RowChanged."""
    row = find_row(change.model, change.row, lock=True)
    if snapshot(row) != change.before:
        raise RowChanged("What readers see has changed since this change was written.")
    return row


def _apply(change: ReferenceChange) -> None:
    row = _unchanged(change)
    if change.removes and row:
        may_go(row)
        row.delete()
    else:
        row = row or GATED[change.model]()
        sources_are_there(change)
        row_snapshot.store(row, change.fields)
        change.row = row.pk
    change.applied_at = timezone.now()
    change.save(update_fields=["row", "applied_at"])
    parts_are_there()
    guide_changed()
