"""Moderation actions on a review item: title, key, form and service of each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms

from accounts.models import User
from forum.models import PrivateNote, ReviewItem
from forum.moderation import clinical_notes, decide, item_forms, post_removal
from forum.moderation.approve_and_reply import approve_and_reply
from forum.moderation.crisis_card import close_crisis, send_help_card
from forum.moderation.escalation import eligible_colleagues, escalate, hand_back
from forum.moderation.question_answers import answer_question

Row = TypeVar("Row")
Run = Callable[[ReviewItem, Any, User], object]


@dataclass(frozen=True)
class ItemAction:
    """`author_sees` is the author's notification, empty if there is none; `done` is the moderator's success message."""

    name: str
    key: str
    title: str
    button: str
    author_sees: str
    done: str
    form: type[forms.Form]
    run: Run
    returns_to_queue: bool = True


def _of(row: Row | None) -> Row:
    """Return the object that an item of this kind is about. Raise ValueError for an item of another kind."""
    if row is None:
        raise ValueError("This action belongs to another kind of item.")
    return row


def _approve(item: ReviewItem, form: Any, by: User) -> object:
    return decide.approve(_of(item.revision), by=by, **form.cleaned_data)


def _redact(item: ReviewItem, form: Any, by: User) -> object:
    return decide.approve(_of(item.revision), by=by, redactions=form.spans, note=form.cleaned_data["note"])


def _add_private_note(item: ReviewItem, form: Any, by: User) -> object:
    post = _of(item.post)
    about: dict[str, Any] = {"post": post} if form.cleaned_data["about"] == "post" else {"member": post.author}
    return PrivateNote.objects.create(by=by, text=form.cleaned_data["text"], **about)


TEXTS = [
    ItemAction(
        *("approve", "a", "Approve", "Publish"),
        *("Your post was published.", "Published."),
        *(item_forms.ApproveForm, _approve),
    ),
    ItemAction(
        *("note", "n", "Approve with a clinical note", "Publish with the note"),
        *("Your post was published with a clinician’s note.", "Published with your note."),
        *(item_forms.ClinicalForm, _approve),
    ),
    ItemAction(
        *("redact", "r", "Approve with redactions", "Publish with redactions"),
        "Your post was published. A moderator covered part of it. (The author can object once.)",
        "Published with redactions.",
        *(item_forms.RedactForm, _redact),
    ),
    ItemAction(
        *("changes", "c", "Ask for changes", "Send back"),
        *("A moderator asked you to change something in your post.", "Sent back to the author."),
        item_forms.RefuseForm,
        lambda item, form, by: decide.ask_for_changes(_of(item.revision), by=by, **form.cleaned_data),
    ),
    ItemAction(
        *("reject", "x", "Do not publish", "Do not publish"),
        *("A moderator decided not to publish your post.", "Not published. The author has been told why."),
        item_forms.RefuseForm,
        lambda item, form, by: decide.reject(_of(item.revision), by=by, **form.cleaned_data),
    ),
    ItemAction(
        *("answer", "w", "Approve and answer", "Publish and send my answer"),
        *("Your post was published.", "Published. Your answer is waiting for another clinician."),
        item_forms.AnswerForm,
        lambda item, form, by: approve_and_reply(_of(item.revision), by=by, **form.cleaned_data),
    ),
]
READ = [
    ItemAction(
        *("keep", "a", "Leave it as it is", "Mark as read"),
        *("", "Marked as read."),
        item_forms.EmptyForm,
        lambda item, form, by: post_removal.keep_shown(_of(item.revision), by=by),
    )
]
NOTES = [
    ItemAction(
        *("keep-note", "a", "The note is still right", "Keep the note"),
        *("", "Note kept."),
        item_forms.EmptyForm,
        lambda item, form, by: clinical_notes.confirm_note(_of(item.note), by=by),
    ),
    ItemAction(
        *("change-note", "n", "Change the note", "Replace the note"),
        *("A clinician wrote a note beside your post.", "Note replaced."),
        item_forms.ClinicalForm,
        lambda item, form, by: clinical_notes.replace_note(_of(item.note), by=by, body=form.cleaned_data["clinical"]),
    ),
    ItemAction(
        *("withdraw-note", "x", "Withdraw the note", "Withdraw the note"),
        *("", "Note withdrawn."),
        item_forms.EmptyForm,
        lambda item, form, by: clinical_notes.withdraw_note(_of(item.note), by=by),
    ),
]
ANSWERS = [
    ItemAction(
        *("keep-answer", "a", "The answer is still right", "Keep the answer"),
        *("", "Answer kept."),
        item_forms.EmptyForm,
        lambda item, form, by: clinical_notes.confirm_answer(_of(item.post), by=by),
    ),
    ItemAction(
        *("note-answer", "n", "Add a note to the answer", "Add the note"),
        *("A clinician added a note to your post.", "Note added."),
        item_forms.ClinicalForm,
        lambda item, form, by: clinical_notes.confirm_answer(_of(item.post), by=by, note=form.cleaned_data["clinical"]),
    ),
]
QUESTIONS = [
    ItemAction(
        *("answer-question", "w", "Answer the question", "Send the answer"),
        *("A moderator answered your question about a decision.", "Answer sent."),
        item_forms.QuestionAnswerForm,
        lambda item, form, by: answer_question(_of(item.question), by=by, **form.cleaned_data),
    )
]
CRISIS = ItemAction(
    *("crisis", "k", "Crisis: send the help card", "Send the help card now"),
    "Someone here is worried about you and sent you numbers to call. (The help lines of their country, by inbox and mail.)",
    "Help card sent. A second clinician has been told.",
    item_forms.EmptyForm,
    lambda item, form, by: send_help_card(item, by=by),
    returns_to_queue=False,
)
CLOSE_CRISIS = ItemAction(
    *("close-crisis", "k", "Crisis: close it", "Close the crisis for my part"),
    *("", "You closed the crisis for your part."),
    item_forms.EmptyForm,
    lambda item, form, by: close_crisis(item.crisis_card, by=by),
)
PRIVATE = ItemAction(
    *("private", "p", "Private note", "Save the note"),
    *("", "Note saved."),
    *(item_forms.PrivateNoteForm, _add_private_note),
    returns_to_queue=False,
)
PASS_ON = [
    ItemAction(
        *("escalate", "e", "Ask a colleague", "Ask"),
        *("", "Your colleague has been asked."),
        item_forms.EscalateForm,
        lambda item, form, by: escalate(
            item, by=by, to=form.people[form.cleaned_data["to"]], note=form.cleaned_data["note"]
        ),
    ),
    ItemAction(
        *("hand-back", "b", "Put back, undecided", "Put it back"),
        *("", "Put back in the queue, undecided."),
        item_forms.HandBackForm,
        lambda item, form, by: hand_back(item, by=by, **form.cleaned_data),
    ),
]
ACTIONS_BY_KIND = {
    ReviewItem.Kind.NEW: TEXTS,
    ReviewItem.Kind.EDIT: TEXTS,
    ReviewItem.Kind.AFTER: READ,
    ReviewItem.Kind.NOTE: NOTES,
    ReviewItem.Kind.QUESTION: QUESTIONS,
}


def actions_for(item: ReviewItem) -> list[ItemAction]:
    """Actions on `item`, in page order. An open crisis does not block the other actions."""
    undecided = item.revision is None or item.revision.state in ("waiting", "shown")
    crisis = [] if item.post is None else [CLOSE_CRISIS if item.needs_second else CRISIS]
    main = ACTIONS_BY_KIND.get(ReviewItem.Kind(item.kind), []) if undecided else []
    main = ANSWERS if item.kind == ReviewItem.Kind.NOTE and item.note is None else main
    return [*main, *crisis, *(PASS_ON if undecided else []), *([PRIVATE] if item.post else [])]


def form_for(action: ItemAction, item: ReviewItem, by: User, data: Any = None) -> forms.Form:
    extra: dict[str, Any] = {}
    if action.form is item_forms.RedactForm:
        extra = {"revision": item.revision}
    elif action.form is item_forms.EscalateForm:
        extra = {"colleagues": eligible_colleagues(item, of=by)}
    return action.form(data, prefix=action.name, **extra)
