"""The acts that one item allows: for each its key, its words, its form, and the service that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms

from accounts.models import User
from forum.models import HelpCard, PrivateNote, ReviewItem
from forum.moderation import clinical_notes, decide, item_forms, post_removal
from forum.moderation.approve_and_reply import approve_and_answer
from forum.moderation.escalation import colleagues, escalate, hand_back
from forum.moderation.follow_ups import complete_follow_up, time_of
from forum.moderation.help_card_forms import AssessmentForm, HelpCardForm
from forum.moderation.help_card_subjects import kind_by_triage
from forum.moderation.help_cards import close_help_cards
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
    page: str = ""  # the URL name of a page that takes the form instead
    done: str = ""


def _of(row: Row | None) -> Row:
    """Return what an item of this kind is about. Raises ValueError for an item of another kind."""
    if row is None:
        raise ValueError("This act belongs to another kind of item.")
    return row


def _approve(item: ReviewItem, form: Any, by: User) -> object:
    return decide.approve(_of(item.revision), by=by, **form.cleaned_data)


def _cover(item: ReviewItem, form: Any, by: User) -> object:
    return decide.approve(_of(item.revision), by=by, covers=form.covers, note=form.cleaned_data["note"])


def _assessment(form: Any) -> dict[str, Any]:
    """What an AssessmentForm says, as the services take it."""
    return {"assessment": form.cleaned_data["assessment"], "again_at": time_of(form.cleaned_data["again"])}


def _private(item: ReviewItem, form: Any, by: User) -> object:
    post = _of(item.post)
    about: dict[str, Any] = {"post": post} if form.cleaned_data["about"] == "post" else {"member": post.author}
    return PrivateNote.objects.create(by=by, text=form.cleaned_data["text"], **about)


TEXTS = [
    Act("approve", "a", "Approve", "Publish it", "Your post was published.", item_forms.ApproveForm, _approve),
    Act(
        *("note", "n", "Approve with a clinical note", "Publish it with the note"),
        "Your post was published with a clinician’s note beside it.",
        *(item_forms.ClinicalForm, _approve),
    ),
    Act(
        *("cover", "r", "Approve with parts covered", "Publish it with these covered"),
        "Your post was published. A moderator covered part of it. (The author may object once.)",
        *(item_forms.CoverForm, _cover),
    ),
    Act(
        *("changes", "c", "Ask for changes", "Send it back"),
        "A moderator asks you to change something in your post.",
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
        "A clinician wrote a note beside your post.",
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
        "A clinician wrote a note beside your post.",
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
HELP_CARD = Act(
    *("help-card", "!", "Person in danger: send a help card", "Show the card"),
    "Nothing yet: you see the card first, and send it from there.",
    HelpCardForm,
    lambda item, form, by: None,
    leaves=False,
    page="forum:compose-card",
)
CLOSE_CARD = Act(
    *("close-card", "z", "Person in danger: I have seen to it", "Close it for my part"),
    "Nothing.",
    AssessmentForm,
    lambda item, form, by: close_help_cards(item, by=by, **_assessment(form)),
    done="Closed for your part.",
)
FOLLOW_UPS = [
    Act(
        *("followed-up", "a", "I have looked", "Close the follow-up"),
        "Nothing.",
        AssessmentForm,
        lambda item, form, by: complete_follow_up(item, by=by, **_assessment(form)),
        done="Follow-up closed.",
    )
]
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
    ReviewItem.Kind.FOLLOW_UP: FOLLOW_UPS,
}


def closed_for(item: ReviewItem, person: User | None) -> bool:
    """Whether this clinician has closed every open card of the item for their part."""
    cards = list(HelpCard.objects.open().filter(item=item))
    return person is not None and bool(cards) and all(card.closed_for(person) for card in cards)


def acts_on(item: ReviewItem, by: User | None = None) -> list[Act]:
    """In the order of the page. A card is closed by each of two clinicians; another card can be sent at any time."""
    waits = item.revision is None or item.revision.state in ("waiting", "shown")
    crisis = [HELP_CARD] if item.post or item.member else []
    if item.needs_second and not closed_for(item, by):
        crisis.insert(0, CLOSE_CARD)
    main = OF_KIND.get(ReviewItem.Kind(item.kind), []) if waits else []
    main = ANSWERS if item.kind == ReviewItem.Kind.NOTE and item.note is None else main
    return [*main, *crisis, *(PASS_ON if waits else []), *([PRIVATE] if item.post else [])]


def form_for(act: Act, item: ReviewItem, by: User, data: Any = None) -> forms.Form:
    extra: dict[str, Any] = {}
    if act.form is item_forms.CoverForm:
        extra = {"revision": item.revision}
    elif act.form is item_forms.EscalateForm:
        extra = {"colleagues": colleagues(item, of=by)}
    elif act.form is HelpCardForm:
        person = item.post.author if item.post else item.member
        extra = {"person": person, "initial": {"country": person and person.country, "kind": kind_by_triage(item)}}
        return HelpCardForm(data, **extra)  # no prefix: the form goes to another page
    return act.form(data, prefix=act.name, **extra)
