"""The actions on a proposal's review page: for each step of the workflow a button, a form and a message."""

from dataclasses import dataclass
from typing import Any

from guide.models import Proposal
from guide.review import workflow
from guide.review.forms import ActionForm, ApprovalForm, ChecklistForm, ReasonForm, SendBackForm, TimeForm
from guide.review.subjects import Subject
from guide.review.workflow import Step


@dataclass(frozen=True)
class ReviewAction:
    """One action: its button, its step of the workflow, the message after it, and its form."""

    button: str
    step: Step[Any, Any]
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


ACTIONS = {
    "submit": ReviewAction(
        "Send for review",
        workflow.submit,
        "Sent for review. Readers will see it once someone else approves it.",
    ),
    "withdraw": ReviewAction(
        "Withdraw",
        workflow.withdraw,
        "Withdrawn. It is a draft again.",
    ),
    "cancel": ReviewAction(
        "Cancel the schedule",
        workflow.cancel_schedule,
        "Canceled. It won’t be published. It’s a draft again and needs a new review.",
    ),
    "reschedule": ReviewAction(
        "Change the time",
        workflow.reschedule,
        "Time changed.",
        TimeForm,
        heading="Publish at another time",
    ),
    "discard": ReviewAction(
        "Discard draft",
        workflow.discard,
        "Discarded. Nothing changes for readers.",
    ),
    "approve": ReviewAction(
        "Approve",
        workflow.approve,
        "Approved.",
        ApprovalForm,
        heading="Approve",
        intro="Your remarks go to the author, too. The page of an article then shows your name, your profession and the date.",
    ),
    "send-back": ReviewAction(
        "Send back",
        workflow.send_back,
        "Sent back with your comments.",
        SendBackForm,
        heading="Send back",
        intro="Your remarks above go with it.",
    ),
    "urgent": ReviewAction(
        "Publish now, unreviewed",
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
        workflow.sign,
        "Signed. The page now shows your name and the date of your review.",
        ChecklistForm,
        heading="Review it again",
        intro="You sign with the name and profession of your verified credential.",
        collapsed=True,
    ),
    "restore": ReviewAction(
        "Restore this version",
        workflow.restore,
        "Restored. Readers see this version again, and it’s waiting for review.",
        ReasonForm,
        heading="Restore this version",
        intro="It is published at once, with everything shown on this page, and waits for someone else’s review.",
    ),
    "restore-before": ReviewAction(
        "Restore the previous version",
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
    """Return the actions that this user can take now. The steps check permission and state again."""
    return [
        BoundAction(name, action, invalid_forms.get(name) or action.form_class(subject=subject, name=name))
        for name, action in ACTIONS.items()
        if action.step.is_available(user, proposal)
    ]
