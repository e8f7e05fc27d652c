"""The editorial workflow from draft to publication, the same for articles and reference rows.

Each function is one transaction: lock, permission, transition, write, decision, notification. The subject is locked first,
so two simultaneous decisions run one after the other, and the second is refused.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import credential_in_force
from core import page_cache
from core.transitions import IllegalTransition, transition
from guide import permissions
from guide.models import Proposal, ProposalDecision, Remark
from guide.models.review import ProposalQuerySet
from guide.review.exceptions import InvalidProposal, StaleReview
from guide.review.notifications import notify_author, notify_of_unreviewed, notify_reviewers
from guide.review.revisions import Draft, clear_next_due, content_of, propose, write_revision
from guide.review.snapshot import Json
from guide.review.subjects import Subject, subject_of, was_sent_back

CHECKLIST = {
    "accurate": "It is accurate, and its sources support it.",
    "complete": "No warning is missing.",
    "plain": "It is plain and kind: a tired reader can understand it.",
    "current": "It is current: I checked numbers, prices and phone numbers.",
}
RESTORED_NOTE = "An earlier version was restored."  # under “What changed”; the reason is in the history
OVERTAKEN = "Another text was published before its time."
Action = ProposalDecision.Action
State = Proposal.State


def _locked(
    proposal: Proposal, by: User, is_allowed: Callable[[User, Proposal], bool], denial: str
) -> tuple[Proposal, Subject]:
    """Lock and reload the proposal and its subject. Raises PermissionDenied."""
    subject_of(proposal).lock()
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("revision__article")
    [fresh] = rows.filter(pk=proposal.pk)  # not get(): zeal reports repeated get() when one request decides on several
    if not is_allowed(by, fresh):
        raise PermissionDenied(denial)
    return fresh, subject_of(fresh)


@transaction.atomic
def submit(proposal: Proposal, *, by: User) -> ProposalDecision:
    """Send a draft for review, superseding any submitted before. Raises InvalidProposal, StaleReview, IllegalTransition."""
    fresh, subject = _locked(proposal, by, permissions.can_submit_proposal, "You can’t send this for review.")
    _check_state(fresh, State.DRAFT, State.SENT_BACK)
    subject.check_base()
    if errors := subject.errors(urgent=False):
        raise InvalidProposal(*errors)
    for older in _others(fresh).filter(state=State.SUBMITTED):
        transition(older, State.SUPERSEDED)
    transition(fresh, State.SUBMITTED)
    notify_reviewers(fresh, by=by)
    return fresh.decisions.create(action=Action.SUBMITTED, by=by)


@transaction.atomic
def withdraw(proposal: Proposal, *, by: User) -> ProposalDecision:
    """Turn a submitted or scheduled proposal back into a draft, which needs a new review. Raises IllegalTransition.

    A schedule can always be stopped: a proposal with a newer draft is superseded by it.
    """
    fresh, _ = _locked(proposal, by, permissions.can_withdraw_proposal, "You can’t withdraw this.")
    has_newer = _has_other_draft(fresh)
    if has_newer and fresh.state != State.SCHEDULED:
        raise IllegalTransition("There is a newer draft already.")
    transition(fresh, State.SUPERSEDED if has_newer else State.DRAFT, scheduled_for=None)
    clear_next_due()
    notify_author(fresh, "was withdrawn.", by=by)
    return fresh.decisions.create(action=Action.WITHDRAWN, by=by)


@transaction.atomic
def discard(proposal: Proposal, *, by: User) -> ProposalDecision:
    """Discard a draft. Raises IllegalTransition."""
    fresh, _ = _locked(proposal, by, permissions.can_submit_proposal, "You can’t edit this part of the guide.")
    transition(fresh, State.DISCARDED)
    return fresh.decisions.create(action=Action.DISCARDED, by=by)


@transaction.atomic
def send_back(
    proposal: Proposal,
    *,
    by: User,
    reason: str,
    remarks: Collection[Remark] = (),
    seen_version: str | None = None,
) -> ProposalDecision:
    """Return a proposal to its author with a reason, unsaved remarks, or both. Raises StaleReview; ValueError with neither."""
    if not reason.strip() and not remarks:
        raise ValueError("Say what should change.")
    fresh, subject = _locked(proposal, by, permissions.can_review_proposal, "You can’t review this.")
    _check_current(fresh, subject, seen_version, State.SUBMITTED, State.SCHEDULED)
    for remark in remarks:
        remark.proposal, remark.by = fresh, by
        remark.save()
    notify_author(fresh, "was sent back to you: the reviewer asks for changes.", by=by)
    return _return_to_author(fresh, by=by, reason=reason.strip() or "See the remarks.")


@transaction.atomic
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
    ticked = [key for key in CHECKLIST if key in set(checked)]
    if len(ticked) < len(CHECKLIST):
        raise ValueError("Every point on the checklist must be ticked.")
    fresh, subject = _locked(proposal, by, permissions.can_review_proposal, "You can’t review this.")
    _check_current(fresh, subject, seen_version, State.SUBMITTED, State.PUBLISHED)
    later = scheduled_for if scheduled_for and scheduled_for > timezone.now() else None
    is_submitted = fresh.state == State.SUBMITTED
    reason = f"To be published on {later:%Y-%m-%d at %H:%M} UTC." if later and is_submitted else ""
    decision = fresh.decisions.create(action=Action.APPROVED, by=by, checked=ticked, reason=reason)
    _sign(fresh, subject, by)
    if not is_submitted:
        page_cache.clear_on_commit()  # cached pages say that no one has reviewed it
    elif later:
        _schedule(fresh, subject, later)
    else:
        _publish(fresh, subject, Action.PUBLISHED, by=None)
    notify_author(fresh, "was approved.", by=by)
    return decision


@transaction.atomic
def publish_urgently(proposal: Proposal, *, by: User, reason: str) -> ProposalDecision:
    """Publish a correction before its review. The page says so until a second person reviews it.

    Raises ValueError without a reason; InvalidProposal for something new, for a text that a reviewer sent back, and while
    lint finds something unsafe in it; StaleReview, IllegalTransition.
    """
    if not reason.strip():
        raise ValueError("Say why this can’t wait for its review.")
    fresh, subject = _locked(proposal, by, permissions.can_publish_urgently, "You can’t publish this.")
    _check_state(fresh, *Proposal.OPEN)
    if not subject.now:
        raise InvalidProposal("This is new. New pages and rows must be reviewed before they’re published.")
    if was_sent_back(fresh):
        raise InvalidProposal("A reviewer sent back a change to this. Send your text for review instead.")
    if errors := subject.errors(urgent=True):
        raise InvalidProposal(*errors)
    decision = _publish(fresh, subject, Action.URGENT, by=by, reason=reason)
    notify_of_unreviewed(fresh, "was published before its review.", by=by)
    return decision


@transaction.atomic
def restore(proposal: Proposal, *, by: User, reason: str) -> Proposal:
    """Publish an earlier version again, as a new proposal that waits for review. Raises IllegalTransition, InvalidProposal."""
    fresh, subject = _locked(proposal, by, permissions.can_restore, "You can’t restore an earlier text.")
    if fresh.state != State.PUBLISHED or fresh.is_live:
        raise IllegalTransition("Only an earlier published text can be restored.")
    if errors := subject.errors(urgent=True):
        raise InvalidProposal(*errors)
    return _restore(fresh, content_of(fresh), by=by, reason=reason)


@transaction.atomic
def restore_before(proposal: Proposal, *, by: User, reason: str) -> Proposal:
    """Undo a published change: publish what readers saw before it. Raises StaleReview, IllegalTransition.

    This is the reviewers' brake. It skips the lint, since readers saw that text a moment ago.
    """
    fresh, subject = _locked(proposal, by, permissions.can_restore, "You can’t restore an earlier text.")
    if not fresh.is_live:
        raise StaleReview("Readers no longer see this.")
    if fresh.revision and not subject.before:
        raise IllegalTransition("Nothing was published before this.")
    return _restore(fresh, subject.before, by=by, reason=reason)


def _restore(proposal: Proposal, content: Json, *, by: User, reason: str) -> Proposal:
    """Publish the content as a new proposal. An empty content removes the row."""
    if not reason.strip():
        raise ValueError("Say why the earlier text is restored.")
    if proposal.revision:
        draft = Draft(**content, note=RESTORED_NOTE, substantive=True)
        restored = write_revision(proposal.revision.article, draft, by=by).proposal
    else:
        now = subject_of(proposal).now
        fields = {"label": proposal.label, "content": content, "base": now, "removes": not content}
        restored = propose(proposal.model, proposal.object_id, over=None, author=by, note=RESTORED_NOTE, **fields)
    _publish(restored, subject_of(restored), Action.RESTORED, by=by, reason=reason[:200])
    notify_of_unreviewed(restored, "was restored to an earlier version.", by=by)
    return restored


@transaction.atomic
def reschedule(proposal: Proposal, *, by: User, scheduled_for: datetime) -> ProposalDecision:
    """Move an approved proposal to another time. Raises ValueError for a time in the past, IllegalTransition."""
    if scheduled_for <= timezone.now():
        raise ValueError("Choose a time in the future.")
    fresh, _ = _locked(proposal, by, permissions.can_reschedule, "You can’t change the time of publication.")
    _check_state(fresh, State.SCHEDULED)
    fresh.scheduled_for = scheduled_for
    fresh.save(update_fields=["scheduled_for"])
    clear_next_due()
    notify_author(fresh, "will be published at another time.", by=by)
    reason = f"To be published on {scheduled_for:%Y-%m-%d at %H:%M} UTC."
    return fresh.decisions.create(action=Action.RESCHEDULED, by=by, reason=reason)


@transaction.atomic
def sign(proposal: Proposal, *, by: User) -> ProposalDecision | None:
    """Record that a clinician read this live text and stands by it. The page then names the clinician."""
    fresh, subject = _locked(proposal, by, permissions.can_sign_proposal, "You can’t sign this.")
    page_cache.clear_on_commit()
    return _sign(fresh, subject, by)


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
            _publish(fresh, subject_of(fresh), Action.PUBLISHED, by=None)
    except (InvalidProposal, StaleReview) as error:
        again = Proposal.objects.get(pk=fresh.pk)  # reload: the rollback did not reset the fields of `fresh`
        _return_to_author(again, by=None, reason=f"Not published at its time: {' '.join(error.args)}"[:200])
        notify_author(again, "could not be published at its scheduled time.", by=None)
        return False
    return True


def _check_state(proposal: Proposal, *states: str) -> None:
    """Raise IllegalTransition before any validation error: a proposal already decided on has nothing to fix."""
    if proposal.state not in states:
        raise IllegalTransition(f"“{proposal}” is {proposal.get_state_display()}.")


def _check_current(proposal: Proposal, subject: Subject, seen_version: str | None, *states: str) -> None:
    """Raise StaleReview if the proposal no longer needs a decision, or if readers no longer see `seen_version`."""
    if proposal.state not in states or (proposal.state == State.PUBLISHED and not proposal.is_unreviewed):
        raise StaleReview(f"“{proposal}” is {proposal.get_state_display()}.")
    if seen_version is not None and seen_version != subject.version():
        raise StaleReview("What readers see has changed since you opened this.")


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


def _schedule(proposal: Proposal, subject: Subject, at: datetime) -> None:
    subject.check_base()
    transition(proposal, State.SCHEDULED, scheduled_for=at)
    clear_next_due()


def _publish(
    proposal: Proposal, subject: Subject, action: str, *, by: User | None, reason: str = ""
) -> ProposalDecision:
    """Make the proposal live. The caller holds the lock and has checked the permission.

    The decision is written first, because a database trigger refuses publication without one. Older drafts are superseded.
    A scheduled proposal was approved against another text, so it returns to its author.
    """
    decision = proposal.decisions.create(action=action, by=by, reason=reason)
    transition(proposal, State.PUBLISHED, published_at=timezone.now(), scheduled_for=None)
    subject.publish()
    clear_next_due()
    for older in _others(proposal).open().filter(pk__lt=proposal.pk):
        transition(older, State.SUPERSEDED)
    for scheduled in _others(proposal).scheduled():
        _return_to_author(scheduled, by=None, reason=OVERTAKEN)
        notify_author(scheduled, "was not published: another text was published before its time.", by=None)
    return decision


def _sign(proposal: Proposal, subject: Subject, by: User) -> ProposalDecision | None:
    """Sign with the profession of the credential in force. Pages show the name that its owner chooses to show."""
    credential = credential_in_force(by)
    if credential is None or not subject.names_reviewer:
        return None
    return proposal.decisions.create(action=Action.SIGNED, by=by, credential=credential.get_profession_display())
