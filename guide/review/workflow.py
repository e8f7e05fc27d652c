"""The editorial workflow from draft to publication, the same for articles and reference rows.

Each step is one transaction: lock, permission, state, transition, write, decision, notification. The subject is locked first,
so two simultaneous decisions run one after the other, and the second is refused.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import credential_in_force
from core import page_cache
from core.transitions import IllegalTransition, transition
from guide import permissions
from guide.models import Proposal, ProposalDecision
from guide.models.review import ProposalQuerySet
from guide.review.exceptions import InvalidProposal, StaleReview
from guide.review.notifications import notify_author, notify_of_unreviewed, notify_reviewers
from guide.review.revisions import clear_next_due, content_of
from guide.review.snapshot import Json
from guide.review.subjects import subject_of

CHECKLIST = {
    "accurate": "It is accurate, and its sources support it.",
    "complete": "No warning is missing.",
    "plain": "It is plain and kind: a tired reader can understand it.",
    "current": "It is current: I checked numbers, prices and phone numbers.",
}
OVERTAKEN = "Another text was published before its time."
Action = ProposalDecision.Action
State = Proposal.State
Given = ParamSpec("Given")
Result = TypeVar("Result")


class Step(Generic[Given, Result]):
    """A step of the workflow: a function with the permission and the state that it needs, run in one transaction.

    It gets the proposal locked and reloaded. Raises PermissionDenied, IllegalTransition.
    """

    def __init__(
        self,
        function: Callable[Concatenate[Proposal, Given], Result],
        is_allowed: Callable[[Any, Proposal], bool],
        is_possible: Callable[[Proposal], bool],
    ) -> None:
        self.function, self.is_allowed, self.is_possible = function, is_allowed, is_possible

    def is_available(self, user: Any, proposal: Proposal) -> bool:
        return self.is_possible(proposal) and self.is_allowed(user, proposal)

    @transaction.atomic
    def __call__(self, proposal: Proposal, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        subject_of(proposal).lock()
        rows = Proposal.objects.select_for_update(of=("self",)).select_related("revision__article")
        [locked] = rows.filter(pk=proposal.pk)  # not get(): zeal reports repeated get() in one request
        if not self.is_allowed(kwargs["by"], locked):
            raise PermissionDenied
        if not self.is_possible(locked):
            raise IllegalTransition(f"This isn’t possible any more: “{locked}” is {locked.get_state_display()}.")
        return self.function(locked, *args, **kwargs)


def step(
    is_allowed: Callable[[Any, Proposal], bool], is_possible: Callable[[Proposal], bool]
) -> Callable[[Callable[Concatenate[Proposal, Given], Result]], Step[Given, Result]]:
    """Make a function a step of the workflow. `by`, the user who takes it, is a keyword."""
    return lambda function: Step(function, is_allowed, is_possible)


def _in(*states: str) -> Callable[[Proposal], bool]:
    return lambda proposal: proposal.state in states


def _awaits_approval(proposal: Proposal) -> bool:
    return proposal.state == State.SUBMITTED or proposal.is_unreviewed


def _is_reviewed_page(proposal: Proposal) -> bool:
    return subject_of(proposal).names_reviewer and proposal.is_live and not proposal.is_unreviewed


def _is_past(proposal: Proposal) -> bool:
    return proposal.state == State.PUBLISHED and not proposal.is_live


def _can_be_undone(proposal: Proposal) -> bool:
    return proposal.is_live and subject_of(proposal).has_version_before


@step(permissions.can_submit_proposal, _in(State.DRAFT, State.SENT_BACK))
def submit(proposal: Proposal, *, by: User) -> ProposalDecision:
    """Send a draft for review, superseding any submitted before. Raises InvalidProposal, StaleReview."""
    subject = subject_of(proposal)
    subject.check_base()
    if errors := subject.errors(urgent=False):
        raise InvalidProposal(*errors)
    for older in _others(proposal).filter(state=State.SUBMITTED):
        transition(older, State.SUPERSEDED)
    transition(proposal, State.SUBMITTED)
    notify_reviewers(proposal, by=by)
    return proposal.decisions.create(action=Action.SUBMITTED, by=by)


@step(permissions.can_withdraw_proposal, _in(State.SUBMITTED))
def withdraw(proposal: Proposal, *, by: User) -> ProposalDecision:
    """Turn a submitted proposal back into a draft. Raises IllegalTransition if there is a newer one."""
    if _has_other_draft(proposal):
        raise IllegalTransition("There is a newer draft already.")
    return _back_to_draft(proposal, State.DRAFT, by)


@step(permissions.can_reschedule, _in(State.SCHEDULED))
def cancel_schedule(proposal: Proposal, *, by: User) -> ProposalDecision:
    """Turn a scheduled proposal back into a draft, which needs a new review, or supersede it by a newer draft."""
    decision = _back_to_draft(proposal, State.SUPERSEDED if _has_other_draft(proposal) else State.DRAFT, by)
    clear_next_due()
    return decision


def _back_to_draft(proposal: Proposal, to: str, by: User) -> ProposalDecision:
    transition(proposal, to, scheduled_for=None)
    notify_author(proposal, "was withdrawn.", by=by)
    return proposal.decisions.create(action=Action.WITHDRAWN, by=by)


@step(permissions.can_submit_proposal, _in(State.DRAFT, State.SENT_BACK))
def discard(proposal: Proposal, *, by: User) -> ProposalDecision:
    transition(proposal, State.DISCARDED)
    return proposal.decisions.create(action=Action.DISCARDED, by=by)


@step(permissions.can_review_proposal, _in(State.SUBMITTED, State.SCHEDULED))
def send_back(proposal: Proposal, *, by: User, reason: str, seen_version: str | None = None) -> ProposalDecision:
    """Return a proposal to its author with a reason, remarks, or both. Raises StaleReview; ValueError with neither."""
    _check_seen(proposal, seen_version)
    if not _send_remarks(proposal, by) and not reason.strip():
        raise ValueError("Say what should change.")
    notify_author(proposal, "was sent back to you: the reviewer asks for changes.", by=by)
    return _return_to_author(proposal, by=by, reason=reason.strip() or "See the remarks.")


@step(permissions.can_review_proposal, _awaits_approval)
def approve(
    proposal: Proposal,
    *,
    by: User,
    checked: Iterable[str],
    scheduled_for: datetime | None = None,
    seen_version: str | None = None,
) -> ProposalDecision:
    """Publish a submitted proposal, now or at `scheduled_for`, or record the review of one that is live already.

    An article's page then names the reviewer, a verified clinician. `seen_version` is the subject's version that the
    reviewer saw. Raises StaleReview, InvalidProposal, and ValueError if the checklist is incomplete.
    """
    later = scheduled_for if scheduled_for and scheduled_for > timezone.now() else None
    is_submitted = proposal.state == State.SUBMITTED
    reason = _time_note(later) if later and is_submitted else ""
    decision = _record_review(proposal, by, checked, seen_version, reason)
    if not is_submitted:
        page_cache.clear_on_commit()  # cached pages say that no one has reviewed it
    elif later:
        _schedule(proposal, later)
    else:
        _publish(proposal, Action.PUBLISHED, by=None)
    notify_author(proposal, "was approved.", by=by)
    return decision


@step(permissions.can_publish_urgently, _in(*Proposal.OPEN))
def publish_urgently(proposal: Proposal, *, by: User, reason: str) -> ProposalDecision:
    """Publish a correction before its review. The page says so until a second person reviews it.

    Raises ValueError without a reason; InvalidProposal for something new, for a new version of the house rules, for a text that
    a reviewer sent back, and while lint finds something unsafe in it; StaleReview.
    """
    if not reason.strip():
        raise ValueError("Say why this can’t wait for its review.")
    subject = subject_of(proposal)
    if not subject.now:
        raise InvalidProposal("This is new. New pages and rows must be reviewed before they’re published.")
    if subject.begins_rules_version():
        raise InvalidProposal("Members would have to accept the rules again, so someone else must approve them first.")
    if subject.was_sent_back():
        raise InvalidProposal("A reviewer sent back a change to this. Send your text for review instead.")
    if errors := subject.errors(urgent=True):
        raise InvalidProposal(*errors)
    decision = _publish(proposal, Action.URGENT, by=by, reason=reason)
    notify_of_unreviewed(proposal, "was published before its review.", by=by)
    return decision


@step(permissions.can_restore, _is_past)
def restore(proposal: Proposal, *, by: User, reason: str) -> Proposal:
    """Publish an earlier version again, as a new proposal that waits for review. Raises InvalidProposal."""
    if errors := subject_of(proposal).errors(urgent=True):
        raise InvalidProposal(*errors)
    return _restore(proposal, content_of(proposal), by=by, reason=reason)


@step(permissions.can_restore, _can_be_undone)
def restore_before(proposal: Proposal, *, by: User, reason: str) -> Proposal:
    """Undo a published change: publish what readers saw before it.

    This is the reviewers' brake. It skips the lint, since readers saw that text a moment ago.
    """
    return _restore(proposal, subject_of(proposal).before, by=by, reason=reason)


def _restore(proposal: Proposal, content: Json, *, by: User, reason: str) -> Proposal:
    if not reason.strip():
        raise ValueError("Say why the earlier text is restored.")
    restored = subject_of(proposal).propose_again(content, by=by)
    _publish(restored, Action.RESTORED, by=by, reason=reason[:200])
    notify_of_unreviewed(restored, "was restored to an earlier version.", by=by)
    return restored


@step(permissions.can_reschedule, _in(State.SCHEDULED))
def reschedule(proposal: Proposal, *, by: User, scheduled_for: datetime) -> ProposalDecision:
    """Move an approved proposal to another time. Raises ValueError for a time in the past."""
    if scheduled_for <= timezone.now():
        raise ValueError("Choose a time in the future.")
    proposal.scheduled_for = scheduled_for
    proposal.save(update_fields=["scheduled_for"])
    clear_next_due()
    notify_author(proposal, "will be published at another time.", by=by)
    return proposal.decisions.create(action=Action.RESCHEDULED, by=by, reason=_time_note(scheduled_for))


@step(permissions.can_sign_proposal, _is_reviewed_page)
def sign(proposal: Proposal, *, by: User, checked: Iterable[str], seen_version: str | None = None) -> ProposalDecision:
    """Review a live page again, or as a second clinician. The page then names this reviewer. Raises as `approve`."""
    page_cache.clear_on_commit()
    return _record_review(proposal, by, checked, seen_version)


@transaction.atomic
def publish_if_due(proposal: Proposal) -> bool:
    """Publish a scheduled proposal that is due, or return it to its author if that fails."""
    subject_of(proposal).lock()
    rows = Proposal.objects.due().select_for_update(of=("self",)).select_related("revision__article")
    fresh = rows.filter(pk=proposal.pk).first()
    if fresh is None:  # another request was faster
        return False
    try:
        with transaction.atomic():
            if not fresh.decisions.reviews().exists():
                raise InvalidProposal("the credential of its reviewer was revoked.")
            _publish(fresh, Action.PUBLISHED, by=None)
    except (InvalidProposal, StaleReview) as error:
        again = Proposal.objects.get(pk=fresh.pk)  # reload: the rollback did not reset the fields of `fresh`
        _return_to_author(again, by=None, reason=f"Not published at its time: {' '.join(error.args)}"[:200])
        notify_author(again, "could not be published at its scheduled time.", by=None)
        return False
    return True


def _check_seen(proposal: Proposal, seen_version: str | None) -> None:
    """Raise StaleReview if readers no longer see the version that the reviewer saw."""
    if seen_version is not None and seen_version != subject_of(proposal).version():
        raise StaleReview("What readers see has changed since you opened this.")


def _time_note(at: datetime) -> str:
    return f"To be published on {at:%Y-%m-%d at %H:%M} UTC."


def _others(proposal: Proposal) -> ProposalQuerySet:
    return Proposal.objects.of_subject(proposal.model, proposal.object_id).exclude(pk=proposal.pk)


def _has_other_draft(proposal: Proposal) -> bool:
    return _others(proposal).filter(state__in=[State.DRAFT, State.SENT_BACK]).exists()


def _return_to_author(proposal: Proposal, *, by: User | None, reason: str) -> ProposalDecision:
    """Send back for changes, or supersede if a newer draft includes this one."""
    to = State.SUPERSEDED if _has_other_draft(proposal) else State.SENT_BACK
    transition(proposal, to, scheduled_for=None)
    clear_next_due()
    return proposal.decisions.create(action=Action.SENT_BACK, by=by, reason=reason)


def _schedule(proposal: Proposal, at: datetime) -> None:
    subject_of(proposal).check_base()
    transition(proposal, State.SCHEDULED, scheduled_for=at)
    clear_next_due()


def _publish(proposal: Proposal, action: str, *, by: User | None, reason: str = "") -> ProposalDecision:
    """Make the proposal live. The caller holds the lock and has checked the permission.

    The decision is written first, because a database trigger refuses publication without one. Older drafts are superseded.
    A scheduled proposal was approved against another text, so it returns to its author.
    """
    decision = proposal.decisions.create(action=action, by=by, reason=reason)
    transition(proposal, State.PUBLISHED, published_at=timezone.now(), scheduled_for=None)
    subject_of(proposal).publish()
    clear_next_due()
    for older in _others(proposal).open().filter(pk__lt=proposal.pk):
        transition(older, State.SUPERSEDED)
    for scheduled in _others(proposal).scheduled():
        _return_to_author(scheduled, by=None, reason=OVERTAKEN)
        notify_author(scheduled, "was not published: another text was published before its time.", by=None)
    return decision


def _record_review(
    proposal: Proposal, by: User, checked: Iterable[str], seen_version: str | None, reason: str = ""
) -> ProposalDecision:
    """Record an approval with its checklist, send the reviewer's remarks and, for an article, sign it.

    The signature has the profession of the credential in force. Pages show the name that its owner chooses to show.
    """
    ticked = [key for key in CHECKLIST if key in set(checked)]
    if len(ticked) < len(CHECKLIST):
        raise ValueError("Every point on the checklist must be ticked.")
    _check_seen(proposal, seen_version)
    _send_remarks(proposal, by)
    decision = proposal.decisions.create(action=Action.APPROVED, by=by, checked=ticked, reason=reason)
    credential = credential_in_force(by) if subject_of(proposal).names_reviewer else None
    if credential:
        proposal.decisions.create(action=Action.SIGNED, by=by, credential=credential.get_profession_display())
    return decision


def _send_remarks(proposal: Proposal, by: User) -> int:
    """Show the reviewer's drafts of remarks to the author and the other reviewers. Return how many."""
    return proposal.remarks.drafts_by(by).update(sent_at=timezone.now())
