"""Forms of the moderation actions on a review item."""

import re
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.datastructures import MultiValueDict

from accounts.models import NameChange, Profession
from forum.models import Acuteness, Lane, PostRevision, Redaction, Report, TriageMatch
from forum.moderation import reason_templates
from forum.moderation.text_decisions import RedactionSpan
from forum.text.markdown import MAX_CHARACTERS

NOTE = forms.Textarea(attrs={"rows": 4, "maxlength": 2000})
# Under every field that only moderators read.
MAY_BE_READ = (
    "The member may have a legal right to a copy, so write as if they will read it. "
    "Don’t name anyone who reported something."
)
TO_AUTHOR: dict[str, Any] = {"required": False, "max_length": 2000, "widget": NOTE, "label": "Message to the author"}


class ApproveForm(forms.Form):
    note = forms.CharField(**TO_AUTHOR)


class MarkdownForm(forms.Form):
    """A form with one Markdown text, named by `markdown`. Its page shows the text as readers will see it."""

    markdown: str

    def markdown_field(self) -> forms.BoundField:
        return self[self.markdown]


class ClinicalForm(MarkdownForm):
    markdown = "clinical"
    clinical = forms.CharField(
        label="Clinical note",
        max_length=2000,
        widget=NOTE,
        help_text="Everyone can read it beside the post, with your name and profession. "
        "Link to the guide like this: [text](/guide/…/).",
    )


class TurnDownNameForm(forms.Form):
    reason = forms.ChoiceField(label="Reason", choices=[("", "Choose a reason"), *NameChange.Reason.choices])
    note = forms.CharField(
        label="Message to the member",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )


class RedactForm(forms.Form):
    """Words to redact, one per line, exactly as in the text. Every occurrence is redacted."""

    contact = forms.CharField(
        label="Contact details to redact", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    name = forms.CharField(label="Names to redact", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    dose = forms.CharField(label="Doses to redact", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    note = forms.CharField(**TO_AUTHOR)

    def __init__(self, *args: Any, revision: PostRevision, **kwargs: Any) -> None:
        """Prefill the contact details that triage found."""
        contacts = [m for m in revision.triage_matches.all() if m.kind == TriageMatch.Kind.CONTACT and m.part == "body"]
        lines = dict.fromkeys(revision.body[m.start : m.end] for m in contacts)
        kwargs["initial"] = {"contact": "\n".join(lines), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.revision = revision
        self.spans: list[RedactionSpan] = []

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for why in Redaction.Why.values:
            for line in filter(None, (line.strip() for line in (found.get(why) or "").splitlines())):
                spans = list(self._occurrences(line, why))
                if not spans:
                    self.add_error(why, f"“{line}” isn’t in the text exactly like this.")
                self.spans += spans
        if not self.spans and not self.errors:
            self.add_error(None, "Enter at least one word to redact.")
        return found

    def _occurrences(self, words: str, why: str) -> Any:
        for part in ("title", "body"):
            for match in re.finditer(re.escape(words), getattr(self.revision, part)):
                yield RedactionSpan(match.start(), match.end(), why, part)


class ReasonSelect(forms.Select):
    """Add each reason's standard text to its option, so that the page can preview what the author gets."""

    def __init__(self, text_of: Callable[[reason_templates.Template], str]) -> None:
        super().__init__()
        self.text_of = text_of

    def optgroups(self, *args: Any, **kwargs: Any) -> list[Any]:
        groups, templates = super().optgroups(*args, **kwargs), reason_templates.templates_by_code()
        for option in (option for _, options, _ in groups for option in options):
            option["attrs"]["data-text"] = self.text_of(templates.get(str(option["value"]), reason_templates.UNKNOWN))
        return groups


class RefuseForm(forms.Form):
    """A reason and a message. If the message is empty, the author gets the standard text of the reason."""

    text_for = staticmethod(reason_templates.refusal_text)
    reason = forms.ChoiceField(choices=reason_templates.refusal_choices, widget=ReasonSelect(attrgetter("refusal")))
    note = forms.CharField(
        **TO_AUTHOR | {"help_text": "If you leave this empty, the author gets the standard text of the reason."}
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        found["note"] = found.get("note") or self.text_for(found.get("reason", ""))
        if found.get("reason") and not found["note"]:
            self.add_error("note", "This reason has no standard text. Please write a message to the author.")
        return found


class RequestForm(RefuseForm):
    """A reason to ask for changes: its standard text says what to change."""

    text_for = staticmethod(reason_templates.request_text)
    reason = forms.ChoiceField(choices=reason_templates.refusal_choices, widget=ReasonSelect(attrgetter("request")))


class ReportForm(forms.Form):
    """A decision on reports. It counts only for the reports that its page showed: a new one must be read first."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, reports: Iterable[Report], **kwargs: Any) -> None:
        present = " ".join(f"{report.pk}-{len(report.note)}-{report.reason}" for report in reports)
        kwargs["initial"] = {**(kwargs.get("initial") or {}), "seen": present}
        super().__init__(*args, **kwargs)
        self.present = present

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("seen") != self.present:
            self.add_error(None, "Someone reported this meanwhile. Please read that too, and decide again.")
            sent: Any = self.data
            self.data = MultiValueDict({**dict(sent.lists()), self.add_prefix("seen"): [self.present]})
        return found


class RemoveReportedForm(ReportForm, RefuseForm):
    """Remove a reported post with a reason and a message."""

    def refusal(self) -> dict[str, str]:
        return {"reason": self.cleaned_data["reason"], "note": self.cleaned_data["note"]}


class AppealAnswerForm(forms.Form):
    answer = forms.CharField(label="Answer to the author", max_length=2000, widget=NOTE)


class AnswerForm(MarkdownForm):
    markdown = "body"
    body = forms.CharField(
        label="Your answer",
        max_length=MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": MAX_CHARACTERS}),
        help_text="Another clinician reviews it before it is published.",
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class EscalateForm(forms.Form):
    to = forms.ChoiceField(label="Colleague or profession")
    note = forms.CharField(label="Why (moderators only)", max_length=2000, widget=NOTE, help_text=MAY_BE_READ)

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = {str(person.pk): person for person in colleagues}
        professions = {profession: _team(people.values(), profession) for profession in Profession}
        self.recipients: dict[str, Any] = people | {str(each): each for each, team in professions.items() if team}
        to: Any = self.fields["to"]
        groups = [
            ("A colleague", [(key, _known_by(person)) for key, person in people.items()]),
            ("A profession", [(str(each), _shared_by(each, team)) for each, team in professions.items() if team]),
        ]
        to.choices = [("", "Choose a colleague or a profession"), *(group for group in groups if group[1])]

    def recipient(self) -> Any:
        """Return the chosen colleague or Profession."""
        return self.recipients[self.cleaned_data["to"]]


def _known_by(colleague: Any) -> str:
    """What `eligible_colleagues` says of a colleague: name, profession, and whether they are on duty."""
    profession = Profession(colleague.profession).label.lower()
    return f"{colleague}, {profession}{', on duty' * colleague.is_on_duty}"


def _team(colleagues: Iterable[Any], profession: Profession) -> list[Any]:
    return [person for person in colleagues if person.profession == profession]


def _shared_by(profession: Profession, team: list[Any]) -> str:
    """Name a profession, with how many colleagues have it and how many of them are on duty."""
    on_duty = sum(person.is_on_duty for person in team)
    return f"{profession.anyone.capitalize()} ({len(team)} verified, {on_duty} on duty)"


PUT_BACK_REASONS = [
    "I need more time for it",
    "It isn’t my field",
    "It’s too close to home",
    "I don’t read its language well",
    "Another reason",
]


class HandBackForm(forms.Form):
    """Why an item is put back. The lead sees how often that happens, and why."""

    why = forms.ChoiceField(label="Why you put it back", choices=[(why, why) for why in PUT_BACK_REASONS])
    note = forms.CharField(
        label="More (moderators only)", required=False, max_length=1900, widget=NOTE, help_text=MAY_BE_READ
    )

    def reason(self) -> str:
        return ". ".join(filter(None, [self.cleaned_data["why"], self.cleaned_data["note"]]))


class PrivateNoteForm(forms.Form):
    about = forms.ChoiceField(choices=[("post", "About this post"), ("member", "About its author")], initial="post")
    text = forms.CharField(
        label="Private note",
        max_length=2000,
        widget=NOTE,
        help_text=f"Only moderators read it. {MAY_BE_READ}",
    )


class AuthorMessageForm(forms.Form):
    text = forms.CharField(
        label="Message to the author",
        max_length=2000,
        widget=NOTE,
        help_text="Only the author and moderators read it. Don’t name anyone who reported something.",
    )


class UrgencyForm(forms.Form):
    """A lane and the reason. How acute it is counts in RED only."""

    lane = forms.TypedChoiceField(label="Lane", choices=Lane, coerce=int, initial=Lane.RED)
    acuteness = forms.TypedChoiceField(
        label="In red: how acute", choices=Acuteness, coerce=int, initial=Acuteness.OTHER
    )
    reason = forms.CharField(
        label="Why (moderators only; it stays in the log)", max_length=500, widget=NOTE, help_text=MAY_BE_READ
    )


class CloseItemForm(forms.Form):
    reason = forms.CharField(
        label="What you saw and did (moderators only; it stays in the log)",
        max_length=500,
        widget=NOTE,
        help_text=MAY_BE_READ,
    )


class EmptyForm(forms.Form):
    """A form without fields, for actions that need only a button."""


class QuestionAnswerForm(forms.Form):
    text = forms.CharField(label="Answer to the author", max_length=2000, widget=NOTE)
