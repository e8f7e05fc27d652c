from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import names
from accounts.models import Delivery, User
from accounts.notifications import Kind, kinds
from accounts.services.names import why_not
from accounts.services.notifications import choose


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


class NotificationSettingsForm(forms.ModelForm):
    """How to hear of each kind, and when not to be disturbed."""

    class Meta:
        model = User
        fields = ["quiet_from", "quiet_until"]
        widgets = {name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in fields}
        labels = {"quiet_from": "No e-mail from", "quiet_until": "until"}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, instance=user, **kwargs)
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
