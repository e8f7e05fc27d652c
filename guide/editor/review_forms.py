"""What a reviewer, and an editor who cannot wait, fill in."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from guide.models import Remark as RemarkRow
from guide.review.article_workflow import CHECKLIST, Remark

FARTHEST = timedelta(days=365)


class ReadAgainst(forms.Form):
    """Beside which live text the revision was read: the decision binds to it."""

    live = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ApprovalForm(ReadAgainst):
    checked = forms.MultipleChoiceField(
        label="I read this very text, and",
        choices=list(CHECKLIST.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick each point, or send the text back."},
    )
    live_at = forms.DateTimeField(
        label="Readers see it from (UTC; empty: now)",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Write it like 2026-12-01 09:00."},
    )

    def clean_checked(self) -> list[str]:
        checked = self.cleaned_data["checked"]
        if len(checked) < len(CHECKLIST):
            raise forms.ValidationError("Tick each point, or send the text back.")
        return list(checked)

    def clean_live_at(self) -> Any:
        at = self.cleaned_data["live_at"]
        if at and not timezone.now() < at < timezone.now() + FARTHEST:
            raise forms.ValidationError("Choose a time to come, within a year.")
        return at


class SendBackForm(ReadAgainst):
    reason = forms.CharField(
        label="What should change", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class RemarkForm(forms.Form):
    part = forms.ChoiceField(choices=RemarkRow.Part, initial="body")
    line = forms.IntegerField(min_value=1, initial=1)
    quote = forms.CharField(label="The words", required=False, max_length=200)
    text = forms.CharField(label="Remark", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


RemarkForms = forms.formset_factory(RemarkForm, extra=3, max_num=40, absolute_max=40)


def remarks_of(formset: Any) -> list[Remark]:
    """The rows in which something was written."""
    return [Remark(**f.cleaned_data) for f in formset if f.cleaned_data.get("text")]


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason (kept in the history)", max_length=200, widget=forms.TextInput)


class SigningForm(forms.Form):
    read = forms.BooleanField(label="I read this very text, and I stand by it as a clinician.")
