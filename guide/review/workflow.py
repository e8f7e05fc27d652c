"""From a draft to what readers see: one function for each act, the same for articles and reference rows.

Each is one transaction: lock, permission, legal transition, write, decision, notification. The subject is locked first, so
two people who decide at once decide one after the other, and the second is refused.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

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
from guide.review.notifications import tell_author, tell_reviewers
from guide.review.refusals import HasFaults, StaleReview
from guide.review.revisions import Draft, forget_next_due, write_revision
from guide.review.subjects import Subject, subject_of

CHECKLIST = {
    "accurate": "It is accurate, and its sources say so.",
    "complete": "No warning is missing.",
    "plain": "It is plain and kind: a tired reader understands it.",
    "current": "It is current: numbers, prices and phone numbers were checked.",
}
ANY_VERSION = None  # the caller does not say which version the proposal was read beside
OVERTAKEN = "Another text was published before its time."
Action = ProposalDecision.Action
State = Proposal.State


@dataclass(frozen=True)
class Comment:
    """A reviewer's remark to be: the part of the proposal, its line from 1, the words it is about."""

    part: str
    line: int
    quote: str
    text: str


def _locked(
    proposal: Proposal, by: User, may: Callable[[User, Proposal], bool], refusal: str
) -> tuple[Proposal, Subject]:
    """The proposal as it is now, locked with its subject. Raises PermissionDenied."""
    subject_of(proposal).lock()
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("revision__article")
    [fresh] = rows.filter(pk=proposal.pk)  # unpacked: several proposals may be decided on in one request
    if not may(by, fresh):
        raise PermissionDenied(refusal)
    return fresh, subject_of(fresh)


@transaction.atomic
def submit(proposal: Proposal, *, by: User) -> ProposalDecision:
    """Send a draft for review; it takes the place of one that waits. Raises HasFaults, StaleReview, IllegalTransition."""
    fresh, subject = _locked(proposal, by, permissions.can_submit_proposal, "You may not send this for review.")
    _refuse_state(fresh, State.DRAFT, State.SENT_BACK)
    subject.refuse_stale()
    if faults := subject.faults(urgent=False):
        raise HasFaults(*faults)
    for older in _others(fresh).filter(state=State.SUBMITTED):
        transition(older, State.SUPERSEDED)
    transition(fresh, State.SUBMITTED)
    tell_reviewers(fresh, by=by)
    return fresh.decisions.create(action=Action.SUBMITTED, by=by)


@transaction.atomic
def withdraw(proposal: Proposal, *, by: User) -> ProposalDecision:
    """Make a draft again of what waits for review or for its time. Raises IllegalTransition."""
    fresh, _ = _locked(proposal, by, permissions.can_withdraw_proposal, "Only its author or sender withdraws it.")
    if _has_other_draft(fresh):
        raise IllegalTransition("Somebody has begun a newer draft.")
    transition(fresh, State.DRAFT, scheduled_for=None)
    forget_next_due()
    return fresh.decisions.create(action=Action.WITHDRAWN, by=by)


@transaction.atomic
def discard(proposal: Proposal, *, by: User) -> ProposalDecision:
    """Give a draft up. Readers see no change. Raises IllegalTransition."""
    fresh, _ = _locked(proposal, by, permissions.can_submit_proposal, "You may not edit this part of the guide.")
    transition(fresh, State.DISCARDED)
    return fresh.decisions.create(action=Action.DISCARDED, by=by)


@transaction.atomic
def send_back(
    proposal: Proposal,
    *,
    by: User,
    reason: str,
    comments: Iterable[Comment] = (),
    read_against: str | None = ANY_VERSION,
) -> ProposalDecision:
    """Return a proposal to its author with a reason or remarks. Raises StaleReview, or ValueError without either."""
    remarks = list(comments)
    if not reason.strip() and not remarks:
        raise ValueError("Say what should change.")
    fresh, subject = _locked(proposal, by, permissions.can_review_proposal, "You may not review this.")
    _refuse_stale(fresh, subject, read_against, State.SUBMITTED, State.SCHEDULED)
    for remark in remarks:
        fresh.remarks.create(by=by, part=remark.part, line=remark.line, quote=remark.quote, text=remark.text)
    tell_author(fresh, "was sent back to you: the reviewer asks for changes.", by=by)
    return _return_to_author(fresh, by=by, reason=reason.strip() or "See the remarks.")


@transaction.atomic
def approve(
    proposal: Proposal,
    *,
    by: User,
    checked: Iterable[str],
    scheduled_for: datetime | None = None,
    read_against: str | None = ANY_VERSION,
) -> ProposalDecision:
    """Let readers see it, now or at `scheduled_for`; or record the review of what is live without one.

    A verified clinician's name then stands on an article's page. `read_against` is the subject's version beside which the
    proposal was read. Raises StaleReview, HasFaults, and ValueError where the checklist is incomplete.
    """
    ticked = [key for key in CHECKLIST if key in set(checked)]
    if len(ticked) < len(CHECKLIST):
        raise ValueError("Everything on the list must be ticked.")
    fresh, subject = _locked(proposal, by, permissions.can_review_proposal, "You may not review this.")
    _refuse_stale(fresh, subject, read_against, State.SUBMITTED, State.PUBLISHED)
    later = scheduled_for if scheduled_for and scheduled_for > timezone.now() else None
    waits = fresh.state == State.SUBMITTED
    reason = f"To be published on {later:%Y-%m-%d at %H:%M} UTC." if later and waits else ""
    decision = fresh.decisions.create(action=Action.APPROVED, by=by, checked=ticked, reason=reason)
    _sign(fresh, subject, by)
    if not waits:
        page_cache.clear_on_commit()  # they said that nobody had reviewed it
    elif later:
        _schedule(fresh, subject, later)
    else:
        _publish(fresh, subject, Action.PUBLISHED, by=None)
    tell_author(fresh, "was approved.", by=by)
    return decision


@transaction.atomic
def publish_urgently(proposal: Proposal, *, by: User, reason: str) -> ProposalDecision:
    """Publish a correction that cannot wait for its review; the page says so until a second person has reviewed it.

    Raises ValueError without a reason, HasFaults for what readers would see as broken, StaleReview, IllegalTransition.
    """
    if not reason.strip():
        raise ValueError("Say why this cannot wait for its review.")
    fresh, subject = _locked(proposal, by, permissions.can_publish_urgently, "You may not publish this.")
    _refuse_state(fresh, *Proposal.OPEN)
    if faults := subject.faults(urgent=True):
        raise HasFaults(*faults)
    return _publish(fresh, subject, Action.URGENT, by=by, reason=reason)


@transaction.atomic
def restore(proposal: Proposal, *, by: User, reason: str) -> Proposal:
    """Publish an earlier text of an article again, as a new revision. Raises ValueError if readers never saw it."""
    if not reason.strip():
        raise ValueError("Say why the earlier text is restored.")
    fresh, _ = _locked(proposal, by, permissions.can_restore, "You may not restore an earlier text.")
    revision = fresh.revision
    if revision is None or fresh.state != State.PUBLISHED:
        raise ValueError("Only a text that readers saw can be restored.")
    text = {name: getattr(revision, name) for name in ("title", "summary", "in_short", "body")}
    note = f"Back to revision {revision.number}: {reason}"[:200]
    restored = write_revision(revision.article, Draft(**text, note=note, substantive=True), by=by).proposal
    _publish(restored, subject_of(restored), Action.RESTORED, by=by, reason=reason[:200])
    return restored


@transaction.atomic
def sign(proposal: Proposal, *, by: User) -> ProposalDecision | None:
    """Record that a clinician read this live text and stands by it; the page then says so."""
    fresh, subject = _locked(proposal, by, permissions.can_sign_proposal, "You may not sign this.")
    page_cache.clear_on_commit()
    return _sign(fresh, subject, by)


@transaction.atomic
def publish_if_due(proposal: Proposal) -> bool:
    """Publish a scheduled proposal whose time has come. One that cannot be published returns to its author."""
    subject_of(proposal).lock()
    rows = Proposal.objects.due().select_for_update(of=("self",)).select_related("revision__article")
    fresh = rows.filter(pk=proposal.pk).first()
    if fresh is None:  # another visit was quicker
        return False
    try:
        with transaction.atomic():
            _publish(fresh, subject_of(fresh), Action.PUBLISHED, by=None)
    except (HasFaults, StaleReview) as error:
        again = Proposal.objects.get(pk=fresh.pk)  # the attempt was rolled back, and so is what the object knows of it
        _return_to_author(again, by=None, reason=f"Not published at its time: {' '.join(error.args)}"[:200])
        tell_author(again, "could not be published at its time.", by=None)
        return False
    return True


def _refuse_state(proposal: Proposal, *states: str) -> None:
    """Refuse before any fault is named: a proposal that somebody else decided on has none to fix."""
    if proposal.state not in states:
        raise IllegalTransition(f"“{proposal}” is {proposal.get_state_display()}.")


def _refuse_stale(proposal: Proposal, subject: Subject, read_against: str | None, *states: str) -> None:
    """Only what waits can be decided on, or what is live without review, beside the version it was read beside."""
    live = proposal.state == State.PUBLISHED
    if proposal.state not in states or (live and not Proposal.objects.unreviewed().filter(pk=proposal.pk).exists()):
        raise StaleReview(f"“{proposal}” is {proposal.get_state_display()}.")
    if read_against is not ANY_VERSION and read_against != subject.version():
        raise StaleReview("What readers see has changed since you opened this.")


def _others(proposal: Proposal) -> ProposalQuerySet:
    return Proposal.objects.of_subject(proposal.model, proposal.object_id).exclude(pk=proposal.pk)


def _has_other_draft(proposal: Proposal) -> bool:
    return _others(proposal).filter(state__in=[State.DRAFT, State.SENT_BACK]).exists()


def _return_to_author(proposal: Proposal, *, by: User | None, reason: str) -> ProposalDecision:
    """Back for changes, unless a newer draft has taken its words over."""
    to = State.SUPERSEDED if _has_other_draft(proposal) else State.SENT_BACK
    transition(proposal, to, scheduled_for=None)
    forget_next_due()
    return proposal.decisions.create(action=Action.SENT_BACK, by=by, reason=reason)


def _schedule(proposal: Proposal, subject: Subject, at: datetime) -> None:
    subject.refuse_stale()
    transition(proposal, State.SCHEDULED, scheduled_for=at)
    forget_next_due()


def _publish(
    proposal: Proposal, subject: Subject, action: str, *, by: User | None, reason: str = ""
) -> ProposalDecision:
    """Let readers see it. The caller holds the lock and answers for the right to do it.

    The decision is written first: the database lets nothing be published without one. Older drafts are superseded; what was
    scheduled was approved beside another text, so it returns to its author.
    """
    decision = proposal.decisions.create(action=action, by=by, reason=reason)
    transition(proposal, State.PUBLISHED, published_at=timezone.now(), scheduled_for=None)
    subject.publish()
    forget_next_due()
    for older in _others(proposal).open().filter(pk__lt=proposal.pk):
        transition(older, State.SUPERSEDED)
    for scheduled in _others(proposal).scheduled():
        _return_to_author(scheduled, by=None, reason=OVERTAKEN)
        tell_author(scheduled, "was not published: another text was published before its time.", by=None)
    return decision


def _sign(proposal: Proposal, subject: Subject, by: User) -> ProposalDecision | None:
    """Sign with the name and profession of the credential that is in force, as its owner wants to be called."""
    credential = credential_in_force(by)
    if credential is None or not subject.names_reviewer:
        return None
    name = credential.public_name if credential.name_public and credential.public_name else by.display_name
    words = f"{name}, {credential.get_profession_display()}"[:120]
    return proposal.decisions.create(action=Action.SIGNED, by=by, credential=words)
