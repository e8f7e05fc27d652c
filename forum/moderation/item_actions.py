"""Moderation actions on a review item: title, key, form and service of each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django import forms

from accounts.models import NameChange, Profession, User
from forum.models import HelpCard, Lane, PrivateNote, Report, ReviewItem
from forum.moderation import (
    clinical_notes,
    experience_decisions,
    item_forms,
    name_decisions,
    post_removal,
    report_decisions,
    text_decisions,
)
from forum.moderation.appeal_decisions import answer_appeal
from forum.moderation.approve_and_reply import approve_and_reply
from forum.moderation.author_messages import send_message
from forum.moderation.escalation import eligible_colleagues, escalate, escalate_to_profession, hand_back
from forum.moderation.follow_ups import complete_follow_up, time_of
from forum.moderation.help_card_forms import AssessmentForm, HelpCardForm
from forum.moderation.help_card_subjects import kind_by_triage
from forum.moderation.help_cards import close_help_cards
from forum.moderation.question_answers import answer_question, close_without_reply
from forum.moderation.text_decisions import Superseded
from forum.moderation.urgency import change_urgency, close_item, needs_only_closing
from forum.permissions import can_remove_post

Row = TypeVar("Row")
Run = Callable[[ReviewItem, Any, User], object]


@dataclass(frozen=True)
class ItemAction:
    """An action on a review item. `author_sees` is the author's notification, empty if there is none.

    An action that `waits` takes effect when it can't be undone anymore; `done` is the success message of one that takes
    effect at once. `page` is the URL name of a page that takes the form instead of `item-action`; such an action has no
    `run`. `hint` is a sentence above the form.
    """

    name: str
    key: str
    title: str
    button: str
    author_sees: str
    form: type[forms.Form]
    run: Run
    waits: bool = True
    done: str = ""
    returns_to_queue: bool = True
    page: str = ""
    hint: str = ""


def _of(row: Row | None) -> Row:
    """Return the object that an item of this kind is about. Raise ValueError for an item of another kind."""
    if row is None:
        raise ValueError("This action belongs to another kind of item.")
    return row


def _report(item: ReviewItem) -> Report:
    """Return one of the open reports that the item is about. Raise Superseded if there is none."""
    found = item.open_reports().first()
    if found is None:
        raise Superseded("The reports are closed already.")
    return found


def _approve(item: ReviewItem, form: Any, by: User) -> object:
    return text_decisions.approve(_of(item.revision), by=by, **form.cleaned_data)


def _redact(item: ReviewItem, form: Any, by: User) -> object:
    return text_decisions.approve(_of(item.revision), by=by, redactions=form.spans, note=form.cleaned_data["note"])


def _assessment(form: Any) -> dict[str, Any]:
    """The values of an AssessmentForm as arguments of the services."""
    return {"assessment": form.cleaned_data["assessment"], "again_at": time_of(form.cleaned_data["again"])}


def _on_its_own_page(item: ReviewItem, form: Any, by: User) -> object:
    raise ValueError("This form goes to a page of its own.")


def _escalate(item: ReviewItem, form: Any, by: User) -> object:
    to, note = form.recipient(), form.cleaned_data["note"]
    if isinstance(to, Profession):
        return escalate_to_profession(item, by=by, to=to, note=note)
    return escalate(item, by=by, to=to, note=note)


def _add_private_note(item: ReviewItem, form: Any, by: User) -> object:
    post = _of(item.post)
    about: dict[str, Any] = {"post": post} if form.cleaned_data["about"] == "post" else {"member": post.author}
    return PrivateNote.objects.create(by=by, text=form.cleaned_data["text"], **about)


APPROVE = ItemAction(
    *("approve", "a", "Approve", "Publish"),
    "Your post was published.",
    *(item_forms.ApproveForm, _approve),
)
TEXTS = [
    APPROVE,
    ItemAction(
        *("note", "n", "Approve with a clinical note", "Publish with the note"),
        "Your post was published with a clinician’s note.",
        *(item_forms.ClinicalForm, _approve),
    ),
    ItemAction(
        *("redact", "r", "Approve with redactions", "Publish with redactions"),
        "Your post was published. A moderator covered part of it. (The author can object once.)",
        *(item_forms.RedactForm, _redact),
    ),
    ItemAction(
        *("changes", "c", "Ask for changes", "Send back"),
        "A moderator asked you to change something in your post.",
        item_forms.RequestForm,
        lambda item, form, by: text_decisions.ask_for_changes(_of(item.revision), by=by, **form.cleaned_data),
    ),
    ItemAction(
        *("reject", "x", "Do not publish", "Do not publish"),
        "A moderator decided not to publish your post.",
        item_forms.RefuseForm,
        lambda item, form, by: text_decisions.reject(_of(item.revision), by=by, **form.cleaned_data),
    ),
    ItemAction(
        *("answer", "w", "Approve and answer", "Publish and send my answer"),
        "Your post was published. (Your answer waits for another clinician.)",
        item_forms.AnswerForm,
        lambda item, form, by: approve_and_reply(_of(item.revision), by=by, **form.cleaned_data),
    ),
]
READ = [
    ItemAction(
        *("keep", "a", "Leave it as it is", "Mark as read"),
        "",
        item_forms.EmptyForm,
        lambda item, form, by: post_removal.keep_shown(_of(item.revision), by=by),
    )
]
NOTES = [
    ItemAction(
        *("keep-note", "a", "The note is still right", "Keep the note"),
        "",
        item_forms.EmptyForm,
        lambda item, form, by: clinical_notes.confirm_note(_of(item.note), by=by),
    ),
    ItemAction(
        *("change-note", "n", "Change the note", "Replace the note"),
        "A clinician wrote a note beside your post.",
        item_forms.ClinicalForm,
        lambda item, form, by: clinical_notes.replace_note(_of(item.note), by=by, body=form.cleaned_data["clinical"]),
    ),
    ItemAction(
        *("withdraw-note", "x", "Withdraw the note", "Withdraw the note"),
        "",
        item_forms.EmptyForm,
        lambda item, form, by: clinical_notes.withdraw_note(_of(item.note), by=by),
    ),
]
ANSWERS = [
    ItemAction(
        *("keep-answer", "a", "The answer is still right", "Keep the answer"),
        "",
        item_forms.EmptyForm,
        lambda item, form, by: clinical_notes.confirm_answer(_of(item.post), by=by),
    ),
    ItemAction(
        *("note-answer", "n", "Add a note to the answer", "Add the note"),
        "A clinician added a note to your post.",
        item_forms.ClinicalForm,
        lambda item, form, by: clinical_notes.confirm_answer(_of(item.post), by=by, note=form.cleaned_data["clinical"]),
    ),
]
QUESTIONS = [
    ItemAction(
        *("answer-question", "w", "Answer the question", "Send the answer"),
        "A moderator answered your question about a decision.",
        item_forms.QuestionAnswerForm,
        lambda item, form, by: answer_question(_of(item.question), by=by, **form.cleaned_data),
    )
]
CLOSE_WITHOUT_REPLY = ItemAction(
    *("close-answer", "a", "It needs no reply: close it", "Close it"),
    "On the page of their post: a clinician has read your answer.",
    item_forms.CloseItemForm,
    lambda item, form, by: close_without_reply(item, by=by, **form.cleaned_data),
)
KEEP_REPORTED = ItemAction(
    *("keep-report", "a", "Leave it as it is", "Close the reports"),
    *("", item_forms.ReportForm),
    lambda item, form, by: report_decisions.dismiss_report(_report(item), by=by),
)
REMOVE_REPORTED = ItemAction(
    *("remove-reported", "x", "Remove the post", "Remove"),
    "A moderator removed your post. (They can ask about it once, and appeal once to another moderator.)",
    item_forms.RemoveReportedForm,
    lambda item, form, by: report_decisions.uphold_report(_report(item), by=by, **form.refusal()),
)
ASK_STAFF_ABOUT_AUTHOR = ItemAction(
    *("author-to-staff", "s", "Leave the post, and ask staff to check its author", "Ask staff"),
    *("", item_forms.ReportForm),
    lambda item, form, by: report_decisions.refer_author_to_staff(_report(item), by=by),
)
ASK_STAFF_ABOUT_MEMBER = ItemAction(
    *("member-to-staff", "s", "Ask staff to check this member", "Ask staff"),
    *("", item_forms.ReportForm),
    lambda item, form, by: report_decisions.uphold_report(_report(item), by=by, reason=""),
)
APPEALS = [
    ItemAction(
        *("overturn", "a", "Change the decision", "Change the decision"),
        "Your appeal was answered: the decision was changed.",
        item_forms.AppealAnswerForm,
        lambda item, form, by: answer_appeal(_of(item.appeal), by=by, overturn=True, **form.cleaned_data),
    ),
    ItemAction(
        *("uphold", "x", "The decision stands", "Send the answer"),
        "Your appeal was answered: the decision stands.",
        item_forms.AppealAnswerForm,
        lambda item, form, by: answer_appeal(_of(item.appeal), by=by, overturn=False, **form.cleaned_data),
    ),
]
HELP_CARD = ItemAction(
    *("help-card", "!", "Person in danger: send a help card", "Show the card"),
    *("", HelpCardForm, _on_its_own_page),
    waits=False,
    page="forum:compose-card",
)
CLOSE_CARD = ItemAction(
    *("close-card", "z", "Person in danger: close the help card", "Close it for my part"),
    "",
    AssessmentForm,
    lambda item, form, by: close_help_cards(item, by=by, **_assessment(form)),
    waits=False,
    done="You closed the help card for your part.",
)
WAITING_NAMES = [
    ItemAction(
        *("approve-name", "a", "Approve the name", "Show the name"),
        "A moderator approved your new name. Others see it now.",
        item_forms.EmptyForm,
        lambda item, form, by: name_decisions.approve_name(item, by=by),
    ),
    ItemAction(
        *("refuse-name", "x", "Don’t approve the name", "Keep the old name"),
        "A moderator didn’t approve the name you asked for.",
        item_forms.TurnDownNameForm,
        lambda item, form, by: name_decisions.turn_down_name(item, by=by, **form.cleaned_data),
    ),
]
SHOWN_NAMES = [
    ItemAction(
        *("keep-name", "a", "The name can stay", "Mark as read"),
        "",
        item_forms.EmptyForm,
        lambda item, form, by: name_decisions.approve_name(item, by=by),
    ),
    ItemAction(
        *("revert-name", "x", "Change the name back", "Change it back"),
        "A moderator changed your name on this site.",
        item_forms.TurnDownNameForm,
        lambda item, form, by: name_decisions.turn_down_name(item, by=by, **form.cleaned_data),
    ),
]
EXPERIENCES = [
    ItemAction(
        *("approve-experience", "a", "Approve", "Show it in the guide"),
        "Your experience was published.",
        item_forms.ApproveForm,
        lambda item, form, by: experience_decisions.approve_experience(
            _of(item.experience), by=by, **form.cleaned_data
        ),
    ),
    ItemAction(
        *("change-experience", "c", "Ask for changes", "Send back"),
        "A moderator asked you to change something in your experience.",
        item_forms.RequestForm,
        lambda item, form, by: experience_decisions.ask_for_changes(_of(item.experience), by=by, **form.cleaned_data),
    ),
    ItemAction(
        *("reject-experience", "x", "Do not publish", "Do not publish"),
        "A moderator decided not to publish your experience.",
        item_forms.RefuseForm,
        lambda item, form, by: experience_decisions.reject_experience(_of(item.experience), by=by, **form.cleaned_data),
    ),
]
FOLLOW_UPS = [
    ItemAction(
        *("followed-up", "a", "I have looked", "Close the follow-up"),
        "",
        AssessmentForm,
        lambda item, form, by: complete_follow_up(item, by=by, **_assessment(form)),
    )
]
URGENT = ItemAction(
    *("urgent", "u", "Urgent: change the lane", "Change the lane"),
    "",
    item_forms.UrgencyForm,
    lambda item, form, by: change_urgency(item, by=by, **form.cleaned_data),
    waits=False,
    done="The lane was changed.",
    returns_to_queue=False,
)
CLOSE = ItemAction(
    *("close", "a", "Close it: nothing more to do", "Close it"),
    "",
    item_forms.CloseItemForm,
    lambda item, form, by: close_item(item, by=by, **form.cleaned_data),
    waits=False,
    done="Closed.",
)
PRIVATE = ItemAction(
    *("private", "p", "Private note", "Save the note"),
    *("", item_forms.PrivateNoteForm, _add_private_note),
    waits=False,
    done="Note saved.",
    returns_to_queue=False,
)
WRITE = ItemAction(
    *("message", "m", "Write to the author, without deciding", "Send the message"),
    "A moderator sent you a message about your post. (They can answer it once.)",
    item_forms.AuthorMessageForm,
    lambda item, form, by: send_message(item, by=by, **form.cleaned_data),
    waits=False,
    done="Your message was sent. The item stays open.",
    returns_to_queue=False,
    hint="It is sent at once and can’t be undone. The item stays open.",
)
PASS_ON = [
    ItemAction(
        *("escalate", "e", "Ask a colleague", "Ask"),
        "",
        item_forms.EscalateForm,
        _escalate,
        waits=False,
        done="You’ve passed it on, and we’ve let them know.",
    ),
    ItemAction(
        *("hand-back", "b", "Put back, undecided", "Put it back"),
        "",
        item_forms.HandBackForm,
        lambda item, form, by: hand_back(item, by=by, note=form.reason()),
        waits=False,
        done="Put back in the queue, undecided.",
    ),
]
ACTIONS_BY_KIND = {
    ReviewItem.Kind.NEW: TEXTS,
    ReviewItem.Kind.EDIT: TEXTS,
    ReviewItem.Kind.AFTER: READ,
    ReviewItem.Kind.NOTE: NOTES,
    ReviewItem.Kind.QUESTION: QUESTIONS,
    ReviewItem.Kind.APPEAL: APPEALS,
    ReviewItem.Kind.FOLLOW_UP: FOLLOW_UPS,
    ReviewItem.Kind.EXPERIENCE: EXPERIENCES,
}


# The actions that come first in each lane; the others follow in the order above. In GREEN, "Approve" is first.
FIRST_IN_LANE: dict[int, list[str]] = {
    Lane.RED: ["close-card", "help-card", "escalate", "note", "answer", "changes"],
    Lane.AMBER: ["note", "answer", "changes"],
    Lane.GREEN: [],
}


def is_closed_for(item: ReviewItem, moderator: User) -> bool:
    """Whether this clinician has closed every open help card of the item for their part."""
    cards = list(HelpCard.objects.open().filter(item=item))
    return bool(cards) and all(card.is_closed_for(moderator) for card in cards)


def actions_for(item: ReviewItem, by: User) -> list[ItemAction]:
    """Actions of this moderator on `item`, in page order: the likeliest of its lane first, in RED the help card.

    An open help card does not block the other actions.
    """
    closing = needs_only_closing(item)
    undecided = not closing and (item.revision is None or item.revision.state in ("waiting", "shown"))
    cards = [_help_card_action(item)] if item.post or item.member else []
    if item.needs_second and not is_closed_for(item, by):
        cards.insert(0, CLOSE_CARD)
    main = ACTIONS_BY_KIND.get(ReviewItem.Kind(item.kind), []) if undecided else []
    main = ANSWERS if item.kind == ReviewItem.Kind.NOTE and item.note is None else main
    main = [*main, CLOSE_WITHOUT_REPLY] if item.question and item.question.answers_message and undecided else main
    main = _report_actions(item, by) if item.kind == ReviewItem.Kind.REPORT else main
    if item.name_change and undecided:
        main = WAITING_NAMES if item.name_change.state == NameChange.State.WAITING else SHOWN_NAMES
    main = [CLOSE] if closing and not item.needs_second else main
    pass_on = PASS_ON if undecided or closing else []
    write = [WRITE] if item.post and item.post.author.state not in User.SIGNATURES else []
    return _by_lane([*main, *cards, URGENT, *pass_on, *write, *([PRIVATE] if item.post else [])], item.lane)


def _report_actions(item: ReviewItem, by: User) -> list[ItemAction]:
    """Their hint says how many reports a decision closes. Only reports that were read are closed: see ReportForm."""
    reports = item.open_reports()
    if item.post is None:
        actions = [KEEP_REPORTED, ASK_STAFF_ABOUT_MEMBER]
    else:
        actions = [KEEP_REPORTED, *([REMOVE_REPORTED] if can_remove_post(by, item.post) else [])]
        has_account = item.post.author.state not in User.SIGNATURES
        about_author = has_account and any(report.about_author for report in reports)
        actions += [ASK_STAFF_ABOUT_AUTHOR] if about_author else []
    closes = "this report" if len(reports) == 1 else f"all {len(reports)} reports"
    hint = f"This closes {closes}. Everyone who reported it is told the outcome."
    return [replace(action, hint=hint) for action in actions] if reports else []


def _by_lane(actions: list[ItemAction], lane: int) -> list[ItemAction]:
    first = FIRST_IN_LANE[lane]
    return sorted(actions, key=lambda action: first.index(action.name) if action.name in first else len(first))


def _help_card_action(item: ReviewItem) -> ItemAction:
    """Return the action that sends a help card. If one was sent before, its hint says whether that one is still open."""
    last = HelpCard.objects.sent().filter(person=item.post.author_id if item.post else item.member_id).first()
    if last is None:
        return HELP_CARD
    closed = "Two clinicians have closed the last card." if last.second_closed_at else "The last card is still open."
    hint = f"{closed} A new one goes out as well, and two clinicians have to close it."
    return replace(HELP_CARD, title="Person in danger: send another help card", hint=hint)


def form_for(
    action: ItemAction, item: ReviewItem, by: User, data: Any = None, initial: dict[str, Any] | None = None
) -> forms.Form:
    extra: dict[str, Any] = {}
    if action.form is item_forms.RedactForm:
        extra = {"revision": item.revision}
    elif issubclass(action.form, item_forms.ReportForm):
        extra = {"reports": item.open_reports()}
    elif action.form is item_forms.EscalateForm:
        extra = {"colleagues": eligible_colleagues(item, of=by)}
    elif action.form is HelpCardForm:
        person = item.post.author if item.post else item.member
        first = {"country": person and person.country, "kind": kind_by_triage(item)}
        return HelpCardForm(data, person=_of(person), initial=first)  # no prefix: it goes to another page
    return action.form(data, prefix=action.name, initial=initial, **extra)
