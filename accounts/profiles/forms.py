from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.html import format_html

from accounts.profiles import name_rules, locations
from accounts.models import Delivery, User
from accounts.notifications.kinds import Kind, kinds
from accounts.profiles.names import why_not
from accounts.notifications.inbox import choose

LIVE_CHECK = {
    "data-hx-get": reverse_lazy("accounts:name-check-fragment"),
    "data-hx-trigger": "input changed delay:400ms",
    "data-hx-target": "#name-check",
    "data-hx-sync": "this:replace",
}


HOUSE_RULES = reverse_lazy("accounts:house-rules")
format_html_lazy = lazy(format_html, str)


class DisplayNameField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=name_rules.MAX_LENGTH, label="Name on this site", **kwargs)
        self.help_text = (
            "Choose a made-up name, and none that you use elsewhere. Everybody can see it, for years: somebody who knows "
            "you may look. Leave out your own name, birth year, town, and anything else that leads to you."
        )
        self.widget.attrs |= {"autocomplete": "off", "spellcheck": "false", **LIVE_CHECK}


class SignupExtras(forms.Form):
    """What we ask of a new member beside e-mail and password. allauth builds its sign-up forms on this one."""

    display_name = DisplayNameField()
    adult = forms.BooleanField(
        label="I am 18 or older.",
        error_messages={"required": "Accounts are for adults only. Please tick this if you are one."},
    )
    rules = forms.BooleanField(
        label=format_html_lazy(
            'I have read the <a href="{}" target="_blank">house rules (in a new tab)</a> and will keep to them.',
            HOUSE_RULES,
        ),
        error_messages={"required": "Please read them, and tick this if you accept them."},
    )

    field_order = ["display_name", "email", "password1", "adult", "rules"]

    def clean_display_name(self) -> str:
        name = " ".join(self.cleaned_data["display_name"].split())
        if problem := why_not(name):
            raise ValidationError(problem)
        return name

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing is left to do: the adapter saves these answers with the person."""


class NotificationSettingsForm(forms.ModelForm):
    """How to hear of each kind, and when not to be disturbed."""

    class Meta:
        model = User
        fields = ["quiet_from", "quiet_until"]
        widgets = {name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in fields}
        labels = {"quiet_from": "No e-mail from", "quiet_until": "until"}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"instance": user})
        chosen = dict(user.preferences.values_list("kind", "delivery"))
        for kind in kinds().values():
            initial = chosen.get(kind.key, kind.default)
            self.fields[f"kind-{kind.key}"] = forms.ChoiceField(
                label=kind.title, choices=_choices(kind), initial=initial
            )
        self.order_fields([*(f"kind-{key}" for key in kinds()), "quiet_from", "quiet_until"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if (
            "quiet_from" in found
            and "quiet_until" in found
            and (found["quiet_from"] is None) != (found["quiet_until"] is None)
        ):
            empty = "quiet_until" if found["quiet_until"] is None else "quiet_from"
            self.add_error(empty, "Quiet hours need a beginning and an end.")
        return found

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        choose(self.instance, {key: self.cleaned_data[f"kind-{key}"] for key in kinds()})
        return super().save(commit)


def _choices(kind: Kind) -> list[tuple[str, str]]:
    return [choice for choice in Delivery.choices if not (kind.must_tell and choice[0] == Delivery.NEVER)]


class RenameForm(forms.Form):
    display_name = DisplayNameField()

    def clean_display_name(self) -> str:
        return " ".join(self.cleaned_data["display_name"].split())


class SettingsForm(forms.ModelForm):
    country = forms.ChoiceField(
        required=False,
        choices=lambda: [("", "Rather not say"), *locations.countries()],
        help_text="For help lines near you. Nobody else sees it.",
    )
    time_zone = forms.ChoiceField(choices=locations.time_zones, help_text="For times on pages and quiet hours for mail.")

    class Meta:
        model = User
        fields = ["country", "time_zone", "profile_public", "posts_on_profile"]
        labels = {
            "profile_public": "Others may open my profile.",
            "posts_on_profile": "My profile lists my public posts.",
        }
        help_texts = {
            "profile_public": "It shows your name here, a clinician’s badge if you have one, and the month you joined. "
            "Nothing else, ever."
        }


class CodeForm(forms.Form):
    code = forms.CharField(max_length=20, label="Code", widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))
