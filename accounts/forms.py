from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts import names
from accounts.services.names import why_not


class DisplayNameField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=names.MAX_LENGTH, label="Name on this site", **kwargs)
        self.help_text = "Choose a made-up name. Everybody can see it, so leave out anything that leads to you."


class SignupExtras(forms.Form):
    """What we ask of a new member beside e-mail and password. allauth builds its sign-up forms on this one."""

    display_name = DisplayNameField()
    adult = forms.BooleanField(label="I am 18 or older.")
    rules = forms.BooleanField(label="I have read the house rules and will keep to them.")

    field_order = ["display_name", "email", "password1", "adult", "rules"]

    def clean_display_name(self) -> str:
        name = " ".join(self.cleaned_data["display_name"].split())
        if problem := why_not(name):
            raise ValidationError(problem)
        return name

    def signup(self, request: Any, user: Any) -> None:
        """Nothing is left to do: the adapter saves these answers with the person."""
