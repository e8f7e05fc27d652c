"""The actions on a proposal's review page: who may take each and when, its form, its service and its message."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from guide import permissions
from guide.models import Proposal
from guide.review import workflow
from guide.review.forms import ActionForm, ApprovalForm, ReasonForm, SendBackForm, SigningForm, TimeForm
from guide.review.subjects import Subject, subject_of

State = Proposal.State


@dataclass(frozen=True)
class ReviewAction:
    """One action: its button, its permission and states, its service, the message after it, and its form."""

    button: str
    is_allowed: Callable[[Any, Proposal], bool]
    is_applicable: Callable[[Proposal], bool]
    service: Callable[..., Any]
    success_message: str
    form_class: type[ActionForm] = ActionForm
    heading: str = ""
    intro: str = ""
    collapsed: bool = False


@dataclass(frozen=True)
class BoundAction:
    """An action on the page, with its form."""

    name: str
    action: ReviewAction
    form: ActionForm


def _in(*states: str) -> Callable[[Proposal], bool]:
    return lambda proposal: proposal.state in states


def _awaits_approval(proposal: Proposal) -> bool:
    return proposal.state == State.SUBMITTED or proposal.is_unreviewed


def _is_past(proposal: Proposal) -> bool:
    return proposal.state == State.PUBLISHED and not proposal.is_live


def _can_be_undone(proposal: Proposal) -> bool:
    """Return whether the proposal is live, and can be taken back: an article needs an earlier version, a row does not."""
    return (
        proposal.state == State.PUBLISHED
        and proposal.is_live
        and (proposal.revision is None or bool(subject_of(proposal).before))
    )


ACTIONS = {
    "submit": ReviewAction(
        "Send for review",
        permissions.can_submit_proposal,
        _in(State.DRAFT, State.SENT_BACK),
        workflow.submit,
        "Sent for review. Readers will see it once someone else approves it.",
    ),
    "withdraw": ReviewAction(
        "Withdraw",
        permissions.can_withdraw_proposal,
        _in(State.SUBMITTED),
        workflow.withdraw,
        "Withdrawn. It is a draft again.",
    ),
    "cancel": ReviewAction(
        "Cancel the schedule",
        permissions.can_reschedule,
        _in(State.SCHEDULED),
        workflow.withdraw,
        "Canceled. It won’t be published. It’s a draft again and needs a new review.",
    ),
    "reschedule": ReviewAction(
        "Change the time",
        permissions.can_reschedule,
        _in(State.SCHEDULED),
        workflow.reschedule,
        "Time changed.",
        TimeForm,
        heading="Publish at another time",
    ),
    "discard": ReviewAction(
        "Discard draft",
        permissions.can_submit_proposal,
        _in(State.DRAFT, State.SENT_BACK),
        workflow.discard,
        "Discarded. Nothing changes for readers.",
    ),
    "approve": ReviewAction(
        "Approve",
        permissions.can_review_proposal,
        _awaits_approval,
        workflow.approve,
        "Approved.",
        ApprovalForm,
        heading="Approve",
    ),
    "send-back": ReviewAction(
        "Send back",
        permissions.can_review_proposal,
        _in(State.SUBMITTED, State.SCHEDULED),
        workflow.send_back,
        "Sent back with your comments.",
        SendBackForm,
        heading="Send back",
    ),
    "urgent": ReviewAction(
        "Publish now, unreviewed",
        permissions.can_publish_urgently,
        _in(*Proposal.OPEN),
        workflow.publish_urgently,
        "Published. Until someone else reviews it, the page tells readers that no one has.",
        ReasonForm,
        heading="Urgent correction: publish before review",
        intro="Only for what can’t wait, such as a wrong phone number or a danger. "
        "Until someone else reviews it, the page tells readers that no one has.",
        collapsed=True,
    ),
    "sign": ReviewAction(
        "Sign",
        permissions.can_sign_proposal,
        _in(State.PUBLISHED),
        workflow.sign,
        "Signed. The page now shows your name and the date of your review.",
        SigningForm,
        heading="Sign as clinician",
        intro="First read the page as readers see it. You sign with the name and profession of your verified credential.",
    ),
    "restore": ReviewAction(
        "Restore this version",
        permissions.can_restore,
        _is_past,
        workflow.restore,
        "Restored. Readers see this version again, and it’s waiting for review.",
        ReasonForm,
        heading="Restore this version",
        intro="It is published at once, with everything shown on this page, and waits for someone else’s review.",
    ),
    "restore-before": ReviewAction(
        "Restore the previous version",
        permissions.can_restore,
        _can_be_undone,
        workflow.restore_before,
        "Restored. Readers see what they saw before this change, and it’s waiting for review.",
        ReasonForm,
        heading="Restore the previous version",
        intro="This undoes the change at once: readers see what they saw before it. The restored version then waits for review.",
    ),
}


def available_actions(
    user: Any, proposal: Proposal, subject: Subject, invalid_forms: dict[str, ActionForm]
) -> list[BoundAction]:
    """Return the actions that this user can take now. The services check permission and state again."""
    return [
        BoundAction(name, action, invalid_forms.get(name) or action.form_class(subject=subject, name=name))
        for name, action in ACTIONS.items()
        if action.is_applicable(proposal) and action.is_allowed(user, proposal)
    ]
