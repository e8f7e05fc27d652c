"""The acts that one item allows: for each its key, its words, its form, and the service that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms

from accounts.models import User
from forum.models import PrivateNote, ReviewItem
from forum.moderation import clinical_notes, decide, item_forms, post_removal
from forum.moderation.approve_and_reply import approve_and_answer
from forum.moderation.crisis_card import close_crisis, send_help_card
from forum.moderation.escalation import colleagues, escalate, hand_back
from forum.moderation.question_answers import answer_question

Row = TypeVar("Row")
Do = Callable[[ReviewItem, Any, User], object]


@dataclass(frozen=True)
class Act:
    """`told` says what the author gets; `leaves` whether the queue comes next."""

    name: str
    key: str
    title: str
    button: str
    told: str
    form: type[forms.Form]
    do: Do
    leaves: bool = True


def _of(row: Row | None) -> Row:
    """Return what an item of this kind is about. Raises ValueError for an item of another kind."""
    if row is None:
        raise ValueError("This act belongs to another kind of item.")
    return row


def _approve(item: ReviewItem, form: Any, by: User) -> object:
    return decide.approve(_of(item.revision), by=by, **form.cleaned_data)


def _cover(item: ReviewItem, form: Any, by: User) -> object:
    return decide.approve(_of(item.revision), by=by, covers=form.covers, note=form.cleaned_data["note"])


def _private(item: ReviewItem, form: Any, by: User) -> object:
    post = _of(item.post)
    about: dict[str, Any] = {"post": post} if form.cleaned_data["about"] == "post" else {"member": post.author}
    return PrivateNote.objects.create(by=by, text=form.cleaned_data["text"], **about)


TEXTS = [
    Act("approve", "a", "Approve", "Publish it", "Your post was published.", item_forms.ApproveForm, _approve),
    Act(
        *("note", "n", "Approve with a clinical note", "Publish it with the note"),
        "Your post was published with a clinician’s note.",
        *(item_forms.ClinicalForm, _approve),
    ),
    Act(
        *("cover", "r", "Approve with parts covered", "Publish it with these covered"),
        "Your post was published. A moderator covered part of it. (The author may object once.)",
        *(item_forms.CoverForm, _cover),
    ),
    Act(
        *("changes", "c", "Ask for changes", "Send it back"),
        "A moderator asked you to change something in your post.",
        item_forms.RefuseForm,
        lambda item, form, by: decide.ask_for_changes(_of(item.revision), by=by, **form.cleaned_data),
    ),
    Act(
        *("reject", "x", "Do not publish", "Do not publish it"),
        "A moderator decided not to publish your post.",
        item_forms.RefuseForm,
        lambda item, form, by: decide.reject(_of(item.revision), by=by, **form.cleaned_data),
    ),
    Act(
        *("answer", "w", "Approve and answer", "Publish it and send my answer"),
        "Your post was published.",
        item_forms.AnswerForm,
        lambda item, form, by: approve_and_answer(_of(item.revision), by=by, **form.cleaned_data),
    ),
]
READ = [
    Act(
        *("keep", "a", "Leave it as it is", "I have read it"),
        "Nothing: it can be read already.",
        item_forms.NothingForm,
        lambda item, form, by: post_removal.keep_shown(_of(item.revision), by=by),
    )
]
NOTES = [
    Act(
        *("keep-note", "a", "The note is still right", "Keep the note"),
        "Nothing.",
        item_forms.NothingForm,
        lambda item, form, by: clinical_notes.keep_note(_of(item.note), by=by),
    ),
    Act(
        *("withdraw-note", "x", "Take the note away", "Withdraw the note"),
        "Nothing; the note is gone from beside the post.",
        item_forms.NothingForm,
        lambda item, form, by: clinical_notes.withdraw_note(_of(item.note), by=by),
    ),
]
NOTES.insert(
    1,
    Act(
        *("change-note", "n", "Change the note", "Put the new note in its place"),
        "A clinician added a note to your post.",
        item_forms.ClinicalForm,
        lambda item, form, by: clinical_notes.change_note(_of(item.note), by=by, body=form.cleaned_data["clinical"]),
    ),
)
ANSWERS = [
    Act(
        *("keep-answer", "a", "The answer is still right", "Keep the answer"),
        "Nothing.",
        item_forms.NothingForm,
        lambda item, form, by: clinical_notes.keep_answer(_of(item.post), by=by),
    ),
    Act(
        *("note-answer", "n", "Put a note beside the answer", "Put the note beside it"),
        "A clinician added a note to your post.",
        item_forms.ClinicalForm,
        lambda item, form, by: clinical_notes.keep_answer(_of(item.post), by=by, note=form.cleaned_data["clinical"]),
    ),
]
QUESTIONS = [
    Act(
        *("answer-question", "w", "Answer the question", "Send the answer"),
        "A moderator answered your question about a decision.",
        item_forms.QuestionAnswerForm,
        lambda item, form, by: answer_question(_of(item.question), by=by, **form.cleaned_data),
    )
]
CRISIS = Act(
    *("crisis", "k", "Crisis: send the help card", "Send the card now"),
    "Someone here is worried about you and sent you numbers to call. (The help lines of their country, by inbox and mail.)",
    item_forms.NothingForm,
    lambda item, form, by: send_help_card(item, by=by),
    leaves=False,
)
CLOSE_CRISIS = Act(
    *("close-crisis", "k", "Crisis: I have seen to it", "Close it for my part"),
    "Nothing.",
    item_forms.NothingForm,
    lambda item, form, by: close_crisis(item.crisis, by=by),
)
PRIVATE = Act(
    "private", "p", "Private note", "Keep the note", "Nothing.", item_forms.PrivateNoteForm, _private, leaves=False
)
PASS_ON = [
    Act(
        *("escalate", "e", "Ask a colleague", "Pass it on"),
        "Nothing.",
        item_forms.EscalateForm,
        lambda item, form, by: escalate(
            item, by=by, to=form.people[form.cleaned_data["to"]], note=form.cleaned_data["note"]
        ),
    ),
    Act(
        *("hand-back", "b", "Hand it back", "Hand it back"),
        "Nothing.",
        item_forms.HandBackForm,
        lambda item, form, by: hand_back(item, by=by, **form.cleaned_data),
    ),
]
OF_KIND = {
    ReviewItem.Kind.NEW: TEXTS,
    ReviewItem.Kind.EDIT: TEXTS,
    ReviewItem.Kind.AFTER: READ,
    ReviewItem.Kind.NOTE: NOTES,
    ReviewItem.Kind.QUESTION: QUESTIONS,
}


def acts_on(item: ReviewItem) -> list[Act]:
    """In the order of the page. A crisis that was begun is closed by each of two; nothing else waits for it."""
    waits = item.revision is None or item.revision.state in ("waiting", "shown")
    crisis = [] if item.post is None else [CLOSE_CRISIS if item.needs_second else CRISIS]
    main = OF_KIND.get(ReviewItem.Kind(item.kind), []) if waits else []
    main = ANSWERS if item.kind == ReviewItem.Kind.NOTE and item.note is None else main
    return [*main, *crisis, *(PASS_ON if waits else []), *([PRIVATE] if item.post else [])]


def form_for(act: Act, item: ReviewItem, by: User, data: Any = None) -> forms.Form:
    extra: dict[str, Any] = {}
    if act.form is item_forms.CoverForm:
        extra = {"revision": item.revision}
    elif act.form is item_forms.EscalateForm:
        extra = {"colleagues": colleagues(item, of=by)}
    return act.form(data, prefix=act.name, **extra)
