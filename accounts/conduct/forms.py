from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Sanction, SanctionAppeal


class AppealForm(forms.ModelForm):
    class Meta:
        model = SanctionAppeal
        fields = ["text"]
        labels = {"text": "Why you see it differently"}
        help_texts = {"text": "Somebody who did not make this decision reads it. You can appeal once."}


class SanctionForm(forms.ModelForm):
    """What a member of staff fills in. The number belongs to a limit, and to nothing else."""

    posts_per_day = forms.IntegerField(label="Posts a day", min_value=1, max_value=50, required=False)

    class Meta:
        model = Sanction
        fields = ["kind", "posts_per_day", "ends_at", "reason", "message"]
        widgets = {"ends_at": forms.DateTimeInput(attrs={"type": "datetime-local"})}
        labels = {"ends_at": "Until (UTC)", "message": "To the member"}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        limits, number = found.get("kind") == Sanction.Kind.LIMIT, found.get("posts_per_day")
        if limits and number is None:
            self.add_error("posts_per_day", "How many posts a day?")
        if not limits and number is not None:
            self.add_error("posts_per_day", "Only a limit has a number.")
        if found.get("ends_at") and found["ends_at"] <= timezone.now():
            self.add_error("ends_at", "This time is over already.")
        return found


class LiftForm(forms.Form):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))


class AnswerAppealForm(forms.Form):
    answer = forms.CharField(label="Answer to the member", widget=forms.Textarea(attrs={"rows": 4}))
    grant = forms.ChoiceField(
        label="Decision", choices=[("", "Choose"), ("yes", "Lift the sanction"), ("no", "It stands")]
    )
