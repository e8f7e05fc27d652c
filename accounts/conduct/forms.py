from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Sanction, SanctionAppeal
from accounts.roles import APPOINTED


class AppealForm(forms.ModelForm):
    class Meta:
        model = SanctionAppeal
        fields = ["text"]
        labels = {"text": "Why do you disagree?"}
        help_texts = {"text": "You can appeal once. Someone who didn’t make this decision will read it."}


class SanctionForm(forms.ModelForm):
    """A sanction. Only a limit has `posts_per_day`."""

    posts_per_day = forms.IntegerField(label="Posts per day", min_value=1, max_value=50, required=False)

    class Meta:
        model = Sanction
        fields = ["kind", "posts_per_day", "ends_at", "reason", "message"]
        widgets = {"ends_at": forms.DateTimeInput(attrs={"type": "datetime-local"})}
        labels = {"ends_at": "Until (UTC)", "message": "Message to the member"}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        limits, number = found.get("kind") == Sanction.Kind.LIMIT, found.get("posts_per_day")
        if limits and number is None:
            self.add_error("posts_per_day", "Enter the number of posts per day.")
        if not limits and number is not None:
            self.add_error("posts_per_day", "Leave this empty unless you are setting a limit.")
        if found.get("ends_at") and found["ends_at"] <= timezone.now():
            self.add_error("ends_at", "Enter a time in the future.")
        return found


class LiftForm(forms.Form):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))


class AnswerAppealForm(forms.Form):
    answer = forms.CharField(label="Answer to the member", widget=forms.Textarea(attrs={"rows": 4}))
    grant = forms.ChoiceField(
        label="Decision", choices=[("", "Choose"), ("yes", "Lift the sanction"), ("no", "Keep the sanction")]
    )


class RoleForm(forms.Form):
    """A role to give or to take away, of those that the member doesn't have and those in `held`."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), help_text="They can read it, and so can other administrators."
    )

    def __init__(self, *args: Any, held: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = [
            (f"give {name}", f"Give the role of {name}: {APPOINTED[name].may}")
            for name in APPOINTED
            if name not in held
        ]
        taken = [(f"take {name}", f"Take away the role of {name}") for name in held]
        choices = [("", "Choose"), *given, *taken]
        self.fields["change"] = forms.ChoiceField(label="What", choices=choices)
        self.order_fields(["change", "reason"])

    def clean(self) -> dict[str, Any]:
        what, _, role = self.cleaned_data.get("change", "").partition(" ")
        return self.cleaned_data | {"given": what == "give", "role": role}
