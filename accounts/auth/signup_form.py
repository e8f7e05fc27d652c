"""The base of allauth's sign-up forms. This module must not import allauth's forms, which import it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.html import format_html

from accounts.profiles.forms import DisplayNameField
from accounts.profiles.names import signup_error
from accounts.text.name_rules import normalized
from core.requests import AnyUser

HOUSE_RULES = reverse_lazy("accounts:house-rules")
format_html_lazy = lazy(format_html, str)


class SignupExtras(forms.Form):
    """The sign-up fields besides e-mail address and password."""

    display_name = DisplayNameField()
    adult = forms.BooleanField(
        label="I am 18 or older.",
        error_messages={"required": "You need to be 18 or older to have an account. Check this box if you are."},
    )
    rules = forms.BooleanField(
        label=format_html_lazy(
            'I have read the <a href="{}" target="_blank">house rules (opens in a new tab)</a> and will follow them.',
            HOUSE_RULES,
        ),
        error_messages={"required": "Read the house rules and check this box if you accept them."},
    )

    field_order = ["display_name", "email", "password1", "adult", "rules"]

    def clean_display_name(self) -> str:
        name = normalized(self.cleaned_data["display_name"])
        if problem := signup_error(name):
            raise ValidationError(problem)
        return name

    def signup(self, request: Any, user: AnyUser) -> None:
        """Do nothing: the adapter saves these fields with the user."""
