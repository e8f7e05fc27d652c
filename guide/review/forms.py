"""What editors and reviewers fill in on the review page: one form for each act."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from guide.review.subjects import Subject
from guide.review.workflow import CHECKLIST, Comment

LATEST_SCHEDULE = timedelta(days=365)


class ActForm(forms.Form):
    """An act without fields. `name` keeps the ids of several forms on one page apart."""

    def __init__(self, data: Any = None, *, subject: Subject, name: str) -> None:
        super().__init__(data, auto_id=f"{name}_%s")


class VersionedForm(ActForm):
    """A decision, bound to the version of the subject beside which the proposal was read."""

    read_against = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, subject: Subject, name: str) -> None:
        super().__init__(data, subject=subject, name=name)
        self.initial["read_against"] = subject.version()


class ApprovalForm(VersionedForm):
    checked = forms.MultipleChoiceField(
        label="I have read it, and",
        choices=list(CHECKLIST.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick each point, or send it back."},
    )
    scheduled_for = forms.DateTimeField(
        label="Publish on (UTC; empty: now)",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Write it like 2026-12-01 09:00."},
    )

    def clean_checked(self) -> list[str]:
        checked = self.cleaned_data["checked"]
        if len(checked) < len(CHECKLIST):
            raise forms.ValidationError("Tick each point, or send it back.")
        return list(checked)

    def clean_scheduled_for(self) -> Any:
        at = self.cleaned_data["scheduled_for"]
        if at and not timezone.now() < at < timezone.now() + LATEST_SCHEDULE:
            raise forms.ValidationError("Choose a time in the future, within a year.")
        return at


class RemarkForm(forms.Form):
    part = forms.ChoiceField()
    line = forms.IntegerField(min_value=1, initial=1)
    quote = forms.CharField(label="The words", required=False, max_length=200)
    text = forms.CharField(label="Remark", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, parts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = parts  # type: ignore[attr-defined]
        self.fields["part"].initial = parts[-1][0]


RemarkForms = forms.formset_factory(RemarkForm, extra=3, max_num=40, absolute_max=40)


class SendBackForm(VersionedForm):
    """A reason, remarks at places of the text, or both."""

    reason = forms.CharField(
        label="What should change", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, subject: Subject, name: str) -> None:
        super().__init__(data, subject=subject, name=name)
        written = data if data and "remark-TOTAL_FORMS" in data else None
        self.remarks: Any = RemarkForms(written, prefix="remark", form_kwargs={"parts": subject.parts()})

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if self.remarks.is_bound and not self.remarks.is_valid():
            self.add_error(None, "Look at the remarks below.")
        written = self.remarks.cleaned_data if self.remarks.is_bound and self.remarks.is_valid() else []
        found["comments"] = [Comment(**remark) for remark in written if remark.get("text")]
        if not self.errors and not found.get("reason", "").strip() and not found["comments"]:
            self.add_error("reason", "Say what should change.")
        return found


class ReasonForm(ActForm):
    reason = forms.CharField(label="Reason (kept in the history)", max_length=200, widget=forms.TextInput)


class SigningForm(ActForm):
    read = forms.BooleanField(label="I have read this text, and I stand by it as a clinician.")

    def clean(self) -> dict[str, Any]:
        """The tick is asked for, and is not a fact to record: the signature is."""
        super().clean()
        return {}
