"""What can be done with a proposal on its review page: when each act is offered, its form, and what it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from guide import permissions
from guide.models import Proposal
from guide.review import workflow
from guide.review.forms import ActForm, ApprovalForm, ReasonForm, SendBackForm, SigningForm
from guide.review.subjects import Subject

State = Proposal.State


@dataclass(frozen=True)
class Act:
    """One act: who may do it, in which states it is offered, its form, the service, and what is said afterwards."""

    button: str
    may: Callable[[Any, Proposal], bool]
    applies: Callable[[Proposal], bool]
    run: Callable[..., Any]
    said: str
    form: type[ActForm] = ActForm
    heading: str = ""
    intro: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Offer:
    """An act on the page, with its form."""

    name: str
    act: Act
    form: ActForm


def _in(*states: str) -> Callable[[Proposal], bool]:
    return lambda proposal: proposal.state in states


def is_unreviewed(proposal: Proposal) -> bool:
    """Whether readers see it although nobody has approved or signed it."""
    return proposal.state == State.PUBLISHED and Proposal.objects.unreviewed().filter(pk=proposal.pk).exists()


def _awaits_approval(proposal: Proposal) -> bool:
    return proposal.state == State.SUBMITTED or is_unreviewed(proposal)


def _was_live(proposal: Proposal) -> bool:
    return proposal.state == State.PUBLISHED and proposal.revision is not None and not proposal.revision.is_live


ACTS = {
    "submit": Act(
        "Send for review",
        permissions.can_submit_proposal,
        _in(State.DRAFT, State.SENT_BACK),
        workflow.submit,
        "Sent for review. Readers see it once somebody else has approved it.",
    ),
    "withdraw": Act(
        "Withdraw",
        permissions.can_withdraw_proposal,
        _in(State.SUBMITTED, State.SCHEDULED),
        workflow.withdraw,
        "Withdrawn. It is a draft again.",
    ),
    "discard": Act(
        "Discard draft",
        permissions.can_submit_proposal,
        _in(State.DRAFT, State.SENT_BACK),
        workflow.discard,
        "Discarded. Readers see no change.",
    ),
    "approve": Act(
        "Approve",
        permissions.can_review_proposal,
        _awaits_approval,
        workflow.approve,
        "Approved.",
        ApprovalForm,
        heading="Approve",
    ),
    "send-back": Act(
        "Send back",
        permissions.can_review_proposal,
        _in(State.SUBMITTED, State.SCHEDULED),
        workflow.send_back,
        "Sent back with your comments.",
        SendBackForm,
        heading="Send back",
    ),
    "urgent": Act(
        "Publish now, unreviewed",
        permissions.can_publish_urgently,
        _in(*Proposal.OPEN),
        workflow.publish_urgently,
        "Published. Readers are told that nobody else has reviewed it, until somebody has.",
        ReasonForm,
        heading="Urgent correction: publish before review",
        intro="Only for what cannot wait: a wrong number, a danger. "
        "Readers are told that nobody else has reviewed it, until somebody has.",
        folded=True,
    ),
    "sign": Act(
        "Sign",
        permissions.can_sign_proposal,
        _in(State.PUBLISHED),
        workflow.sign,
        "Signed. The page now says who reviewed it, and when.",
        SigningForm,
        heading="Sign as clinician",
        intro="You sign with the name and profession of your verified credential. Read the page as readers see it first.",
    ),
    "restore": Act(
        "Restore this text",
        permissions.can_restore,
        _was_live,
        workflow.restore,
        "Restored. Readers see the earlier text now, as a new revision.",
        ReasonForm,
        heading="Restore this text",
        intro="The words become a new revision, published at once. Readers are told under “What changed”.",
    ),
}


def offers(user: Any, proposal: Proposal, subject: Subject, filled: dict[str, ActForm]) -> list[Offer]:
    """What this person can do with it now; `filled` holds a form that came back with faults. The services ask again."""
    offered = {name: act for name, act in ACTS.items() if act.applies(proposal) and act.may(user, proposal)}
    return [Offer(name, act, filled.get(name) or act.form(subject=subject, name=name)) for name, act in offered.items()]
