from typing import Any

from django import forms
from django.db import transaction

from accounts.models import Delivery, User
from accounts.notifications.inbox import set_deliveries
from accounts.notifications.kinds import Kind, kinds
from accounts.permissions import is_appointed


class NotificationSettingsForm(forms.ModelForm):
    """The delivery of each kind of notification, and quiet hours."""

    class Meta:
        model = User
        fields = ["quiet_from", "quiet_until", "mail_help_numbers"]
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in ("quiet_from", "quiet_until")
        }
        labels = {
            "quiet_from": "No e-mail from",
            "quiet_until": "until",
            "mail_help_numbers": "If a clinician sends me help lines, put the numbers into the e-mail",
        }
        help_texts = {
            "mail_help_numbers": "This e-mail comes at once, even in quiet hours. If someone else may read your e-mail, turn "
            "this off: then it holds only a link that works without logging in and says nothing by itself."
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"instance": user})
        chosen = dict(user.preferences.values_list("kind", "delivery"))
        works_here = user.is_staff or is_appointed(user)
        self.chosen_kinds = [kind for kind in kinds().values() if not kind.own_mail and (works_here or not kind.staff)]
        for kind in self.chosen_kinds:
            initial = chosen.get(kind.key, kind.default)
            self.fields[f"kind-{kind.key}"] = forms.ChoiceField(
                label=kind.title, choices=_choices(kind), initial=initial
            )
        self.order_fields([*(f"kind-{kind.key}" for kind in self.chosen_kinds), *self.Meta.fields])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if (
            "quiet_from" in found
            and "quiet_until" in found
            and (found["quiet_from"] is None) != (found["quiet_until"] is None)
        ):
            empty = "quiet_until" if found["quiet_until"] is None else "quiet_from"
            self.add_error(empty, "Enter both a start and an end for quiet hours.")
        return found

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        chosen = {kind.key: self.cleaned_data[f"kind-{kind.key}"] for kind in self.chosen_kinds}
        set_deliveries(self.instance, chosen)
        return super().save(commit)


def _choices(kind: Kind) -> list[tuple[str, str]]:
    return [choice for choice in Delivery.choices if not (kind.mandatory and choice[0] == Delivery.NEVER)]
