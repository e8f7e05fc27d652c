from typing import Any

from django import forms
from django.urls import reverse_lazy

from accounts.models import Block, User
from accounts.profiles.country import offered_countries
from accounts.text import locations, name_rules

LIVE_CHECK = {
    "data-hx-get": reverse_lazy("accounts:name-check-fragment"),
    "data-hx-trigger": "input changed delay:400ms",
    "data-hx-target": "#name-check",
    "data-hx-sync": "this:replace",
}


class DisplayNameField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=name_rules.MAX_LENGTH, label="Name on this site", **kwargs)
        self.help_text = (
            "Make up a name you don’t use anywhere else. Everyone can see it, and it stays on your posts for years. Leave out "
            "your real name, birth year, town and anything else that could identify you."
        )
        self.widget.attrs |= {"autocomplete": "off", "spellcheck": "false", **LIVE_CHECK}


class RenameForm(forms.Form):
    display_name = DisplayNameField()

    def clean_display_name(self) -> str:
        return name_rules.normalized(self.cleaned_data["display_name"])


class SettingsForm(forms.ModelForm):
    country = forms.ChoiceField(
        required=False,
        choices=lambda: [("", "Rather not say, or another country"), *offered_countries()],
        help_text="For help lines near you. Moderators see it only when they send you help lines.",
    )
    time_zone = forms.ChoiceField(choices=locations.time_zones, help_text="For times on pages and your quiet hours.")

    class Meta:
        model = User
        fields = ["country", "time_zone", "profile_public", "posts_on_profile"]
        labels = {
            "profile_public": "Show my profile to others",
            "posts_on_profile": "List my public posts on my profile",
        }
        help_texts = {
            "profile_public": "It shows your name here, your clinician’s badge if you have one, and the month you joined."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Keep a country that is no longer offered until the member chooses another one."""
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        own = self.instance.country
        if own and own not in dict(country.choices):
            name = f"{locations.country_name(own) or own} (no help lines here yet)"
            country.choices = [*country.choices, (own, name)]


class BlockForm(forms.Form):
    kind = forms.ChoiceField(choices=Block.Kind.choices)
