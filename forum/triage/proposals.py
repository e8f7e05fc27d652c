"""Change triage: at once if that weakens nothing, otherwise by a proposal that a second person accepts."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils import timezone

from accounts.models import User
from core.transitions import IllegalTransition, transition
from forum.models import Lane, TriageList, TriageModel, TriageProposal, TriageRule, TriageVersion
from forum.notifications.triage import tell_triage_decided, tell_triage_proposed
from forum.permissions import can_decide_triage_proposal, can_edit_triage, can_withdraw_triage_proposal
from forum.triage import rule_store
from forum.triage.detection import lines
from forum.triage.rule_store import Subject
from forum.triage.safeguards import weakens, weakens_list, weakens_model
from forum.triage.text_model import shipped_model

ALREADY_WAITING = (
    "Another change to this is already waiting for a second person. It has to be decided or withdrawn first."
)
PROPOSER_LEFT = "The person who proposed this can’t change triage anymore. Reject it, and propose the change yourself."
OUTDATED = "This was changed after the proposal was made. Reject or withdraw it, and propose the change again."


class NeedsSecondPerson(IllegalTransition):
    """A change weakens triage, so one person alone can't save it."""


def weakened_by(row: Subject, after: dict[str, Any]) -> list[str]:
    """Return sentences that say what is weakened if `row`, as it is stored, gets this content."""
    before = model_to_dict(row)
    if isinstance(row, TriageRule):
        return weakens(before, after)
    if isinstance(row, TriageModel):
        return weakens_model(before, after, shipped_model().threshold)
    red_rules = [model_to_dict(rule) for rule in TriageRule.objects.filter(lane=Lane.RED)]
    return weakens_list(row.name, before, after, red_rules)


def waiting_proposal(row: Subject) -> TriageProposal | None:
    waiting = TriageProposal.objects.waiting().filter(subject=rule_store.subject(row))
    return waiting.select_related("by").first()


@transaction.atomic
def save_at_once(row: Subject, *, by: User) -> TriageVersion:
    """Save a new row, or a change that weakens nothing. Raise PermissionDenied, NeedsSecondPerson and IllegalTransition."""
    if not can_edit_triage(by):
        raise PermissionDenied
    if row.pk and weakened_by(_as_stored(row), model_to_dict(row)):
        raise NeedsSecondPerson("This change weakens triage. It needs a second person.")
    return rule_store.save(row, by=by)


@transaction.atomic
def propose(row: Subject, *, by: User, reason: str) -> TriageProposal:
    """Store what `row` would become, and tell those who may decide. Raise PermissionDenied and IllegalTransition."""
    if not can_edit_triage(by):
        raise PermissionDenied
    content = model_to_dict(row)
    weakening = weakened_by(_as_stored(row), content)
    if waiting_proposal(row):
        raise IllegalTransition(ALREADY_WAITING)
    proposal = TriageProposal.objects.create(
        subject=rule_store.subject(row),
        based_on=row.version,
        content=content,
        weakening=weakening,
        reason=reason,
        by=by,
    )
    tell_triage_proposed(proposal)
    return proposal


def _as_stored(row: Subject) -> Subject:
    """Lock a row and return it as it is stored. Raise IllegalTransition if it was saved since `row` was read."""
    stored = type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
    if stored.version != row.version:
        raise IllegalTransition("Someone changed this just now. Please open it again.")
    return stored


@transaction.atomic
def accept(proposal: TriageProposal, *, by: User, answer: str = "") -> TriageVersion:
    """Apply a proposal, and record both people in its version.

    Raise PermissionDenied; IllegalTransition if the row has changed since, or if the person who proposed it may no longer edit
    triage; ValidationError if its examples fail now.
    """
    row = rule_store.rows_of(proposal.subject).select_for_update(no_key=True).get()
    proposal = _decidable(proposal, by)
    if row.version != proposal.based_on:
        raise IllegalTransition(OUTDATED)
    if not can_edit_triage(proposal.by):
        raise IllegalTransition(PROPOSER_LEFT)
    rule_store.set_content(row, proposal.content)
    if problems := _problems(row):
        raise ValidationError(problems[:5])
    _decide(proposal, TriageProposal.State.ACCEPTED, by, answer)
    return rule_store.save(row, by=proposal.by, accepted_by=by)


@transaction.atomic
def reject(proposal: TriageProposal, *, by: User, answer: str = "") -> None:
    """Leave triage as it is. Raise PermissionDenied and IllegalTransition."""
    _decide(_decidable(proposal, by), TriageProposal.State.REJECTED, by, answer)


@transaction.atomic
def withdraw(proposal: TriageProposal, *, by: User) -> None:
    """Cancel one's own proposal. Raise PermissionDenied and IllegalTransition."""
    proposal = _for_update(proposal)
    if not can_withdraw_triage_proposal(by, proposal):
        raise PermissionDenied
    transition(proposal, TriageProposal.State.WITHDRAWN, decided_at=timezone.now())


def _for_update(proposal: TriageProposal) -> TriageProposal:
    return TriageProposal.objects.select_for_update(no_key=True, of=["self"]).select_related("by").get(pk=proposal.pk)


def _decidable(proposal: TriageProposal, by: User) -> TriageProposal:
    proposal = _for_update(proposal)
    if not can_decide_triage_proposal(by, proposal):
        raise PermissionDenied
    if proposal.state != TriageProposal.State.WAITING:
        raise IllegalTransition(f"This proposal has already been {proposal.get_state_display()}.")
    return proposal


def _decide(proposal: TriageProposal, state: TriageProposal.State, by: User, answer: str) -> None:
    transition(proposal, state, decided_by=by, decided_at=timezone.now(), answer=answer)
    tell_triage_decided(proposal)


def _problems(row: Subject) -> list[str]:
    """Reasons why a row cannot be saved with the rules and lists of today."""
    if isinstance(row, TriageRule):
        return rule_store.problems(row, rule_store.named_lists())
    return rule_store.list_problems(row.name, lines(row.words)) if isinstance(row, TriageList) else []
