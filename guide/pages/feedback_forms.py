from typing import Any

from django import forms

from guide.lint.rules import breaks
from guide.models import Source
from guide.models.reference import CITED
from guide.pages.blocks import UnknownPart, fill
from guide.text.markdown import TextTooLong, render


class FeedbackForm(forms.Form):
    helpful = forms.TypedChoiceField(
        label="Was this page helpful?",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no."},
    )
    comment = forms.CharField(
        label="What was missing, wrong or unclear? (optional)",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 1000}),
        help_text="Please leave out anything that could tell who you are. We cannot reply.",
    )


def checked(text: str) -> str:
    """The text with one kind of line end, if it renders and all that it names exists. Raises ValidationError."""
    text = text.replace("\r\n", "\n")
    try:
        rendered = render(text)
        fill(rendered.html)
    except (TextTooLong, UnknownPart) as error:
        raise forms.ValidationError(str(error)) from error
    unknown = set(rendered.citations) - set(Source.objects.values_list("key", flat=True))
    wrong = [f"There is no source {key}." for key in sorted(unknown)] + breaks(text)
    if wrong:
        raise forms.ValidationError(wrong)
    return text


class ReferenceForm(forms.ModelForm):
    """Any row that readers see at once: its cited texts keep the rules that an article keeps."""

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for name in [n for n, field in self.fields.items() if field.help_text == CITED and found.get(n)]:
            try:
                found[name] = checked(found[name])
            except forms.ValidationError as error:
                self.add_error(name, error)
        return found
