"""Forms of help cards: what to send, and how to close it."""

import re
from typing import Any

from django import forms

from accounts.models import User
from accounts.text.locations import country_name
from forum.models import HelpCard
from forum.moderation.follow_ups import AGAIN
from guide.pages.help_lines import offered_countries

MEDICINES = re.compile(r"naltrexone|vivitrol|revia|contrave|mysimba|adepend|nalorex|depade|\bldn\b", re.IGNORECASE)
# Which kind of card a triage rule suggests.
KIND_OF_RULE = {
    "suicide": HelpCard.Kind.SELF_HARM,
    "low-mood": HelpCard.Kind.SELF_HARM,
    "not-breathing": HelpCard.Kind.OVERDOSE,
    "overdose-now": HelpCard.Kind.OVERDOSE,
    "use-after-a-gap": HelpCard.Kind.OVERDOSE,
    "beating-the-block": HelpCard.Kind.OVERDOSE,
    "poisoning": HelpCard.Kind.POISONING,
    "violence-at-home": HelpCard.Kind.VIOLENCE,
    "alcohol-withdrawal": HelpCard.Kind.WITHDRAWAL,
}


class HelpCardForm(forms.Form):
    """The kind of danger, the country, and a line of the moderator's own."""

    kind = forms.ChoiceField(choices=HelpCard.Kind.choices, widget=forms.RadioSelect, label="What is the danger?")
    country = forms.ChoiceField(required=False, label="Country")
    note = forms.CharField(
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
        label="A line of your own",
        help_text="Someone else may read their mail: no names, no medicine, and no promise you can’t keep.",
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        offered = offered_countries()
        if person.country and person.country not in dict(offered):
            offered.append((person.country, f"{country_name(person.country)} (we have no lines of its own)"))
        country: Any = self.fields["country"]
        country.choices = [("", "Not known: show all countries"), *offered]
        country.help_text = (
            f"They chose {country_name(person.country)} in their settings."
            if person.country
            else "They haven’t chosen one."
        )

    def clean_note(self) -> str:
        """The page of a card needs no log-in, so the note must not name the person or the medicine."""
        note = " ".join(str(self.cleaned_data["note"]).split())
        if MEDICINES.search(note):
            raise forms.ValidationError("Leave out the name of the medicine: someone else may read this.")
        if self.person.display_name.casefold() in note.casefold():
            raise forms.ValidationError("Leave out the person’s name: someone else may read this.")
        return note


class AssessmentForm(forms.Form):
    """What the clinician saw, and whether the person is looked at again."""

    assessment = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000}),
        label="Your assessment (moderators only)",
    )
    again = forms.ChoiceField(
        required=False, label="Look at this person again", choices=[("", "Not planned"), *AGAIN.items()]
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("again") and not found.get("assessment"):
            self.add_error("assessment", "Write down what you saw, so that the next clinician knows.")
        return found
