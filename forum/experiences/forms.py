"""Forms for experiences."""

from typing import Any

from django import forms

from forum.experiences.offers import Story
from forum.models import Experience
from forum.moderation.item_forms import RefuseForm
from forum.posting.forms import MultiLineField
from forum.text.unicode_sanitizer import has_visible_characters

MAX_CHARACTERS = 5000
ShownAs = Experience.ShownAs


def _choice(label: str, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    options = [
        ("", "Choose an answer"),
        *((value, str(words)[:1].upper() + str(words)[1:]) for value, words in choices),
    ]
    return forms.ChoiceField(label=label, choices=options, error_messages={"required": "Choose an answer."})


def validate_not_blank(text: str) -> None:
    if not has_visible_characters(text):
        raise forms.ValidationError("Write your story.")


class ExperienceForm(forms.Form):
    """A member's experience. The name is not offered for a story from an anonymous post: it would tell who wrote the post."""

    goal = _choice("Why did you take naltrexone?", Experience.Goal.choices)
    medicine = _choice("In which form?", Experience.Medicine.choices)
    duration = _choice("For how long?", Experience.Duration.choices)
    helped = _choice("Did it help?", Experience.Helped.choices)
    side_effects = _choice("Did you have side effects?", Experience.SideEffects.choices)
    outcome = _choice("And now?", Experience.Outcome.choices)
    body = MultiLineField(
        label="Your story",
        max_length=MAX_CHARACTERS,
        validators=[validate_not_blank],
        error_messages={"required": "Write your story."},
        widget=forms.Textarea(attrs={"rows": 12, "maxlength": MAX_CHARACTERS}),
        help_text="How it began, what helped, what was hard, what came of it. Leave out names, places, where you got it, and "
        "amounts that someone might copy.",
    )
    shown_as = forms.ChoiceField(
        label="Who tells it?", choices=ShownAs.choices, initial=ShownAs.MEMBER, widget=forms.RadioSelect
    )
    consent = forms.BooleanField(
        label="I agree to this", error_messages={"required": "Your story can only be published if you agree."}
    )

    def __init__(self, *args: Any, anonymous: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if anonymous:
            field = self.fields["shown_as"]
            field.choices = [(ShownAs.MEMBER.value, ShownAs.MEMBER.label)]  # type: ignore[attr-defined]
            field.help_text = "Your post is anonymous, so your name stays out of your story, too."

    def story(self) -> Story:
        given = self.cleaned_data
        return Story(text=given["body"], shown_as=given["shown_as"], **{name: given[name] for name in Experience.CODED})


class RemoveExperienceForm(RefuseForm):
    """A moderator's reason to take an experience down, and a message to its author."""
