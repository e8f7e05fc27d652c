"""Hours of duty, words at their end, and why the forum is closed to new posts."""

from typing import Any

from django import forms

from accounts.models import Credential, User
from forum.permissions import can_lead_team

HOURS = [(1, "1 hour"), (2, "2 hours"), (4, "4 hours"), (8, "8 hours"), (12, "12 hours")]
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class OnDutyForm(forms.Form):
    hours = forms.TypedChoiceField(label="For how long?", choices=HOURS, coerce=int, initial=4)


class OffDutyForm(forms.Form):
    note = forms.CharField(
        label="Words for whoever comes next",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Moderators see them on top of this board until they have read them. Please name no member.",
    )


class ShiftForm(forms.Form):
    """The lead chooses whose; everybody else plans their own. Times are in the person's own time zone."""

    starts_at = forms.DateTimeField(label="From", widget=MOMENT)
    ends_at = forms.DateTimeField(label="Until", widget=MOMENT)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if can_lead_team(user):
            able = Credential.objects.of_moderators().order_by().values("user")
            team = User.objects.filter(pk__in=able).order_by("display_name")
            self.fields["moderator"] = forms.ModelChoiceField(team, label="Who", initial=user.pk, empty_label=None)
            self.order_fields(["moderator", "starts_at", "ends_at"])

    def shift(self) -> dict[str, Any]:
        return {"moderator": self.user} | self.cleaned_data


class ReadOnlyForm(forms.Form):
    reason = forms.CharField(label="Why, for the team", max_length=240)


class TalkForm(forms.Form):
    text = forms.CharField(
        label="Anything you would like to say beforehand",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only the lead sees it. Please name no member.",
    )
