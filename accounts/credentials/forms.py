"""Forms for badge applicants and for verifiers."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone

from accounts.credentials import evidence
from accounts.credentials.verification import DEFAULT_VALIDITY, MAX_VALIDITY, Application
from accounts.models import Credential
from accounts.text import npi

REASON_LENGTH = 2000
DAY = timedelta(days=1)


class ApplicationForm(forms.ModelForm):
    registry_url = forms.URLField(
        label="Link to your entry in the public register (if there is one)",
        required=False,
        max_length=500,
        help_text="It helps a verifier find you quickly.",
        validators=[URLValidator(schemes=["http", "https"])],
    )
    file = forms.FileField(
        label="Evidence (optional)",
        required=False,
        help_text="A photo or PDF of your license or staff card: PDF, PNG or JPEG, up to 10 MB. Only verifiers can open it, "
        "we record each time one does, and we delete it 30 days after the decision.",
        widget=forms.FileInput(
            attrs={"accept": "application/pdf,image/png,image/jpeg", "data-largest": evidence.MAX_BYTES}
        ),
    )

    field_order = ["profession", "legal_name", "license_number", "jurisdiction", "npi", "registry_url", "file"]

    class Meta:
        model = Credential
        fields = [
            "profession", "legal_name", "license_number", "jurisdiction", "npi", "registry_url", "public_name", "name_public"
        ]  # fmt: skip
        labels = {
            "legal_name": "Legal name",
            "jurisdiction": "State or country of the license",
            "npi": "NPI (United States only)",
            "public_name": "Professional name (optional)",
            "name_public": "Show my professional name next to the badge",
        }
        help_texts = {
            "legal_name": "As on your license. Only verifiers see it.",
            "license_number": "Only verifiers see it.",
            "jurisdiction": "For example: Ohio, or Ireland. Only verifiers see it.",
            "npi": "Ten digits. Leave it empty if you don’t have one.",
            "public_name": "For example: Dr. Jane Lind. We show it only if you check the box below. "
            "You can change this at any time.",
            "name_public": "",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"  # don't offer it to the next user of this browser

    def clean_npi(self) -> str:
        number = self.cleaned_data["npi"].strip()
        if number and not npi.is_npi(number):
            raise ValidationError("This isn’t a valid NPI. An NPI has ten digits and starts with 1 or 2.")
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("name_public") and not data.get("public_name"):
            self.add_error("public_name", "Enter the name to show, or clear the box below.")
        if data.get("file") and not self.errors:  # copying is expensive, so only if everything else is valid
            self._validate_file(data)
        return data

    def _validate_file(self, data: dict[str, Any]) -> None:
        try:
            data["file"] = evidence.validate(data["file"].read(evidence.MAX_BYTES + 1))
        except evidence.InvalidEvidence as refusal:
            self.add_error("file", str(refusal))

    def application(self) -> Application:
        return Application(**{name: self.cleaned_data[name] for name in self.Meta.fields})

    @property
    def lost_file(self) -> bool:
        """Whether the applicant must choose the file again: browsers drop it when a form is shown again."""
        return bool(self.errors and self.files)


class AnswerForm(ApplicationForm):
    message = forms.CharField(label="Your answer", max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 5}))
    field_order = ["message", "file"]


class NameForm(forms.ModelForm):
    """Show or hide the professional name. The name itself can't change, since a verifier checked it."""

    class Meta:
        model = Credential
        fields = ["name_public"]

    def clean_name_public(self) -> bool:
        shown = self.cleaned_data["name_public"]
        if shown and not self.instance.public_name:
            raise ValidationError("You didn’t give a professional name in your application.")
        return shown


class ReasonForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        help_text="The applicant reads this, and it can’t be removed later. Leave out names and numbers.",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ApprovalForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    expires_at = forms.DateField(
        label="Valid until", help_text="A year from today, unless the license expires sooner.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=lambda: timezone.localdate() + DEFAULT_VALIDITY,
    )  # fmt: skip
    reason = forms.CharField(
        label="Note",
        help_text="What you checked, and where. The applicant reads this. Leave out names and numbers.",
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_expires_at(self) -> datetime:
        """Return the end of the chosen day."""
        day = self.cleaned_data["expires_at"]
        today = timezone.localdate()
        if not today <= day < today + MAX_VALIDITY - DAY:
            raise ValidationError("Choose a date from today on, no more than a year away.")
        return timezone.make_aware(datetime.combine(day + DAY, time.min))
