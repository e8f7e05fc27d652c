"""Forms of the review page, one for each action."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from guide.models import Article
from guide.review.subjects import Subject
from guide.review.workflow import CHECKLIST

MAX_SCHEDULE_AHEAD = timedelta(days=365)
MAX_LINE = 100_000


class ActionForm(forms.Form):
    """An action without fields. `name` prefixes the ids, since one page has several of these forms."""

    def __init__(self, data: Any = None, *, subject: Subject, name: str) -> None:
        super().__init__(data, auto_id=f"{name}_%s")


class VersionedForm(ActionForm):
    """A decision, bound to the version of the subject that was live when the reviewer read the proposal."""

    seen_version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, subject: Subject, name: str) -> None:
        super().__init__(data, subject=subject, name=name)
        self.initial["seen_version"] = subject.version()


class PageField(forms.ModelChoiceField):
    """A page of the guide, named by its title."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.live.title)


class PagesField(forms.ModelMultipleChoiceField):
    """Pages of the guide, named by their titles."""

    label_from_instance = PageField.label_from_instance


class ScheduleField(forms.DateTimeField):
    """A time in the future, within a year."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": "Write it like 2026-12-01 09:00."}

    def clean(self, value: Any) -> Any:
        at = super().clean(value)
        if at and not timezone.now() < at < timezone.now() + MAX_SCHEDULE_AHEAD:
            raise forms.ValidationError("Choose a time in the future, within a year.")
        return at


class ChecklistForm(VersionedForm):
    checked = forms.MultipleChoiceField(
        label="I’ve read it, and",
        choices=list(CHECKLIST.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick every point, or send it back."},
    )

    def clean_checked(self) -> list[str]:
        checked = self.cleaned_data["checked"]
        if len(checked) < len(CHECKLIST):
            raise forms.ValidationError("Tick every point, or send it back.")
        return list(checked)


class ApprovalForm(ChecklistForm):
    scheduled_for = ScheduleField(label="Publish at (UTC; leave empty to publish now)", required=False)

    def __init__(self, data: Any = None, *, subject: Subject, name: str) -> None:
        super().__init__(data, subject=subject, name=name)
        if subject.proposal.published_at:
            del self.fields["scheduled_for"]


class TimeForm(ActionForm):
    scheduled_for = ScheduleField(label="Publish at (UTC)")


class RemarkForm(forms.Form):
    """A remark on quoted words or, without any, on a line of a part."""

    text = forms.CharField(label="Remark", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    quote = forms.CharField(
        label="Words it is about",
        required=False,
        max_length=200,
        help_text="Select them in the page, or type them.",
        widget=forms.TextInput,
    )
    part = forms.ChoiceField(label="Or a field")
    line = forms.IntegerField(label="and its line", min_value=1, max_value=MAX_LINE, initial=1)

    def __init__(self, data: Any = None, *, subject: Subject) -> None:
        super().__init__(data, auto_id="remark_%s", prefix="remark")
        parts: Any = self.fields["part"]
        parts.choices = subject.parts()
        parts.initial = "body" if "body" in dict(parts.choices) else parts.choices[-1][0]


class SendBackForm(VersionedForm):
    """A reason; it may be empty if there are remarks."""

    reason = forms.CharField(
        label="What should change", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(ActionForm):
    reason = forms.CharField(label="Reason (shown in the history)", max_length=200, widget=forms.TextInput)


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label="Reason", max_length=300, help_text="Readers see this. Don’t name anyone.", widget=forms.TextInput
    )
    instead = PageField(Article.objects.published().in_reading_order(), label="Page to read instead", required=False)
    redirects = forms.BooleanField(label="Send readers straight to that page, without this notice", required=False)

    def __init__(self, data: Any = None, *, article: Article) -> None:
        super().__init__(data)
        instead: Any = self.fields["instead"]
        instead.queryset = instead.queryset.exclude(pk=article.pk)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("redirects") and not found.get("instead"):
            self.add_error("instead", "Choose the page that readers are sent to.")
        return found
