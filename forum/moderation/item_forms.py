"""What a moderator chooses and writes on the page of one item: a form for each act."""

import re
from typing import Any
from uuid import uuid4

from django import forms

from forum.models import PostRevision, Redaction, TriageMatch
from forum.moderation import reason_templates
from forum.moderation.decide import Cover
from forum.text.markdown import MAX_CHARACTERS

NOTE = forms.Textarea(attrs={"rows": 4, "maxlength": 2000})
TO_AUTHOR: dict[str, Any] = {"required": False, "max_length": 2000, "widget": NOTE, "label": "Words to the author"}


class ApproveForm(forms.Form):
    note = forms.CharField(**TO_AUTHOR)


class ClinicalForm(forms.Form):
    clinical = forms.CharField(
        label="Clinical note",
        max_length=2000,
        widget=NOTE,
        help_text="Everybody reads it beside the post, with your name and profession. Link the guide as [words](/guide/…/).",
    )


class CoverForm(forms.Form):
    """The words to cover, as they stand in the text: one a line. Every place where they stand is covered."""

    contact = forms.CharField(
        label="Contact details to cover", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    name = forms.CharField(label="Names to cover", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    dose = forms.CharField(label="Doses to cover", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    note = forms.CharField(**TO_AUTHOR)

    def __init__(self, *args: Any, revision: PostRevision, **kwargs: Any) -> None:
        """Begins with the contact details that triage noticed."""
        noticed = [m for m in revision.triage_matches.all() if m.kind == TriageMatch.Kind.CONTACT and m.part == "body"]
        lines = dict.fromkeys(revision.body[m.start : m.end] for m in noticed)
        kwargs["initial"] = {"contact": "\n".join(lines), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.revision = revision
        self.covers: list[Cover] = []

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for why in Redaction.Why.values:
            for line in filter(None, (line.strip() for line in (found.get(why) or "").splitlines())):
                spans = list(self._places(line, why))
                if not spans:
                    self.add_error(why, f"“{line}” does not stand in the text like this.")
                self.covers += spans
        if not self.covers and not self.errors:
            self.add_error(None, "Say at least one word to cover.")
        return found

    def _places(self, words: str, why: str) -> Any:
        for part in ("title", "body"):
            for match in re.finditer(re.escape(words), getattr(self.revision, part)):
                yield Cover(match.start(), match.end(), why, part)


class ReasonSelect(forms.Select):
    """Each reason carries its standard words, so that the page can show what the author will get."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["data-words"] = reason_templates.words_for(str(value))
        return option


class RefuseForm(forms.Form):
    """A refusal has its reason; the kept words of the reason are what the author gets where nothing else is written."""

    reason = forms.ChoiceField(choices=reason_templates.to_refuse, widget=ReasonSelect)
    note = forms.CharField(**TO_AUTHOR | {"help_text": "Empty: the standard words of the reason."})

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        found["note"] = found.get("note") or reason_templates.words_for(found.get("reason", ""))
        if found.get("reason") and not found["note"]:
            self.add_error("note", "This reason has no standard words: please write to the author.")
        return found


class AnswerForm(forms.Form):
    body = forms.CharField(
        label="Your answer",
        max_length=MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": MAX_CHARACTERS}),
        help_text="It waits for another clinician, as nobody reads their own words.",
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class EscalateForm(forms.Form):
    to = forms.ChoiceField(label="To whom")
    note = forms.CharField(label="Why (moderators only)", max_length=2000, widget=NOTE)

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in colleagues}
        to: Any = self.fields["to"]
        to.choices = [("", "Choose a colleague"), *((key, str(person)) for key, person in self.people.items())]


class HandBackForm(forms.Form):
    note = forms.CharField(label="Why (moderators only)", required=False, max_length=2000, widget=NOTE)


class PrivateNoteForm(forms.Form):
    about = forms.ChoiceField(choices=[("post", "About this post"), ("member", "About its author")], initial="post")
    text = forms.CharField(
        label="Private note",
        max_length=2000,
        widget=NOTE,
        help_text="Moderators read it. The law may give the member a right to a copy: write as if they did.",
    )


class NothingForm(forms.Form):
    """A button is enough."""


class QuestionAnswerForm(forms.Form):
    text = forms.CharField(label="Answer to the author", max_length=2000, widget=NOTE)
