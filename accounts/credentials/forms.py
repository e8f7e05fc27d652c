"""What is asked of clinicians who apply, and of those who verify them."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone

from accounts.credentials import evidence
from accounts.credentials.workflow import LASTS, LASTS_AT_MOST, Application
from accounts.models import Credential
from accounts.text import npi

REASON_LENGTH = 2000
DAY = timedelta(days=1)


class ApplicationForm(forms.ModelForm):
    registry_url = forms.URLField(
        label="Link to your entry in the public register (if there is one)",
        required=False,
        max_length=500,
        help_text="So that a verifier finds you quickly.",
        validators=[URLValidator(schemes=["http", "https"])],
    )
    file = forms.FileField(
        label="Evidence (optional)",
        required=False,
        help_text="A photograph or PDF of your licence or staff card: PDF, PNG or JPEG, at most 10 MB. Only verifiers can "
        "open it, each look is noted, and it is deleted 30 days after the decision.",
        widget=forms.FileInput(
            attrs={"accept": "application/pdf,image/png,image/jpeg", "data-largest": evidence.LARGEST}
        ),
    )

    field_order = ["profession", "legal_name", "licence_number", "jurisdiction", "npi", "registry_url", "file"]

    class Meta:
        model = Credential
        fields = [
            "profession", "legal_name", "licence_number", "jurisdiction", "npi", "registry_url", "public_name", "name_public"
        ]  # fmt: skip
        labels = {
            "legal_name": "Legal name",
            "jurisdiction": "State or country of the licence",
            "npi": "NPI (United States only)",
            "public_name": "Professional name (optional)",
            "name_public": "Show my professional name beside the badge",
        }
        help_texts = {
            "legal_name": "As on the licence. Only verifiers see it.",
            "licence_number": "Only verifiers see it.",
            "jurisdiction": "For example: Ohio, or Ireland. Only verifiers see it.",
            "npi": "Ten digits. Leave it empty if you have none.",
            "public_name": "For example: Dr. Jane Lind. It is shown only if you tick the box below; "
            "you can change your mind at any time.",
            "name_public": "",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"  # the next person at this screen should not be offered it

    def clean_npi(self) -> str:
        number = self.cleaned_data["npi"].strip()
        if number and not npi.is_npi(number):
            raise ValidationError(
                "This is not an NPI. It has ten digits, begins with 1 or 2, and its last digit is a check."
            )
        return number

    def clean_file(self) -> evidence.Proof | None:
        sent = self.cleaned_data["file"]
        if not sent:
            return None
        try:
            return evidence.judge(sent.read(evidence.LARGEST + 1))
        except evidence.Refused as refusal:
            raise ValidationError(str(refusal)) from refusal

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("name_public") and not data.get("public_name"):
            self.add_error("public_name", "Write the name that should be shown, or leave the box below empty.")
        return data

    def application(self) -> Application:
        return Application(**{name: self.cleaned_data[name] for name in self.Meta.fields})

    @property
    def lost_file(self) -> bool:
        """A browser does not keep a chosen file when a form comes back."""
        return bool(self.errors and self.files)


class AnswerForm(ApplicationForm):
    message = forms.CharField(label="Your answer", max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 5}))
    field_order = ["message", "file"]


class NameForm(forms.ModelForm):
    """One's own choice at any time; the name itself was read by a verifier and stays as it is."""

    class Meta:
        model = Credential
        fields = ["name_public"]

    def clean_name_public(self) -> bool:
        shown = self.cleaned_data["name_public"]
        if shown and not self.instance.public_name:
            raise ValidationError("Your application gave no professional name.")
        return shown


class ReasonForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        help_text="The applicant reads this, and it stays in the history for good. Leave out names and numbers.",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ApprovalForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    expires_at = forms.DateField(
        label="Last day", help_text="A year from today, unless the licence ends sooner.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=lambda: timezone.localdate() + LASTS,
    )  # fmt: skip
    reason = forms.CharField(
        label="Note",
        help_text="What you checked, and where. The applicant reads this. Leave out names and numbers.",
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_expires_at(self) -> datetime:
        """The end of that day."""
        day = self.cleaned_data["expires_at"]
        today = timezone.localdate()
        if not today <= day < today + LASTS_AT_MOST - DAY:
            raise ValidationError("Choose a day from today on, at most three years from now.")
        return timezone.make_aware(datetime.combine(day + DAY, time.min))
