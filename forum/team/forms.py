"""Forms of the duty board: shifts, handover notes, debriefs, read-only periods."""

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
        label="Note for whoever is on duty next",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Moderators see it at the top of this board until they mark it as read. Please don’t name members.",
    )


class ShiftForm(forms.Form):
    """A shift. The lead can choose any moderator; others plan their own. Times are in the user's time zone."""

    starts_at = forms.DateTimeField(label="From", widget=MOMENT)
    ends_at = forms.DateTimeField(label="Until", widget=MOMENT)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if can_lead_team(user):
            moderators = Credential.objects.of_moderators().order_by().values("user")
            team = User.objects.filter(pk__in=moderators).order_by("display_name")
            self.fields["moderator"] = forms.ModelChoiceField(
                team, label="Moderator", initial=user.pk, empty_label=None
            )
            self.order_fields(["moderator", "starts_at", "ends_at"])

    def shift_fields(self) -> dict[str, Any]:
        return {"moderator": self.user} | self.cleaned_data


class ReadOnlyForm(forms.Form):
    reason = forms.CharField(label="Reason, for the team", max_length=240)


class DebriefForm(forms.Form):
    text = forms.CharField(
        label="Anything you want to say first?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only the lead sees it. Please don’t name members.",
    )
