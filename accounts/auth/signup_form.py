"""allauth builds its sign-up forms on this one, so this module must not import allauth's forms."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.html import format_html

from accounts.profiles.forms import DisplayNameField
from accounts.profiles.names import why_not
from core.requests import AnyUser

HOUSE_RULES = reverse_lazy("accounts:house-rules")
format_html_lazy = lazy(format_html, str)


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

    def signup(self, request: Any, user: AnyUser) -> None:
        """Nothing is left to do: the adapter saves these answers with the person."""
