"""The filters of the moderators' log and of a member's own decisions. Every field is optional."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from accounts.models import NameChange, User
from accounts.roles import MODERATORS
from core.params import int_or_none
from forum.models import Decision, Lane
from forum.moderation import reason_templates
from forum.oversight.decision_log import LogFilters

Choice = tuple[str, str]


def _chosen(name: str, choices: Iterable[Any]) -> list[Any]:
    return [("", f"Any {name}"), *choices]


class DecisionFilterForm(forms.Form):
    """The filters that members have for the decisions on their own posts: nothing that tells who decided."""

    action = forms.ChoiceField(label="Decision", required=False)
    reason = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, actions: Iterable[Choice] = Decision.Action.choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("action", [(value, label.capitalize()) for value, label in actions], "decision")
        self._offer("reason", self._reasons(), "reason")

    def _reasons(self) -> list[Choice]:
        return reason_templates.refusal_choices()[1:]

    def _offer(self, name: str, choices: Iterable[Any], what: str) -> None:
        field: Any = self.fields[name]
        field.choices = _chosen(what, choices)

    def filters(self) -> LogFilters:
        """The filters of a valid form. Our links set the cursor; an unknown one gives the first page."""
        return LogFilters(**self._chosen_filters(), before=self.data.get("before", ""))

    def _chosen_filters(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None, ())}


class LogFilterForm(DecisionFilterForm):
    """The filters of the moderators' log. Dates are in the moderator's time zone, and the last day counts."""

    lane = forms.TypedChoiceField(
        choices=_chosen("lane", [(value, label.capitalize()) for value, label in Lane.choices]),
        coerce=int,
        empty_value=None,
        required=False,
    )
    by = forms.TypedChoiceField(label="Moderator", coerce=int, empty_value=None, required=False)
    since = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    member = forms.CharField(
        label="About member", required=False, max_length=40, help_text="The full name, as shown now or before."
    )
    words = forms.CharField(
        required=False, max_length=100, help_text="All of them in the text, the message or the reason."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = int_or_none(self.data.get("by", ""))  # may have left the team since
        team = User.objects.filter(Q(groups__name=MODERATORS) | Q(pk=asked)).distinct().order_by("display_name")
        self._offer("by", [(person.pk, str(person)) for person in team], "moderator")

    def _reasons(self) -> list[Any]:
        return [("Posts", super()._reasons()), ("Names", NameChange.Reason.choices)]

    def clean_member(self) -> tuple[int, ...]:
        name = " ".join(self.cleaned_data["member"].split())
        if not name:
            return ()
        found = User.objects.filter(Q(display_name__iexact=name) | Q(name_changes__old_name__iexact=name))
        if keys := list(found.values_list("pk", flat=True).distinct()):
            return tuple(keys)
        raise forms.ValidationError("No member has or had this name. Type it exactly as it appears on a post.")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("since") and found.get("until") and found["since"] > found["until"]:
            self.add_error("until", "This date is before the “From” date.")
        return found

    def _chosen_filters(self) -> dict[str, Any]:
        chosen = super()._chosen_filters()
        if "since" in chosen:
            chosen["since"] = _start_of(chosen["since"])
        if "until" in chosen:
            chosen["until"] = _start_of(chosen["until"] + timedelta(days=1))
        return chosen


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
