from django import forms

from guide.models import HelpLineReport


def comment_field(label: str, help_text: str = "") -> forms.CharField:
    """Return an optional field for readers' words, with a request to stay anonymous below it."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 1000}),
        help_text=f"{help_text}Please don’t include anything that could identify you. We can’t reply.",
    )


class FeedbackForm(forms.Form):
    helpful = forms.TypedChoiceField(
        label="Was this page helpful?",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no."},
    )
    comment = comment_field("What was missing, wrong or unclear? (optional)")


class HelpLineReportForm(forms.Form):
    problem = forms.ChoiceField(
        label="What’s wrong?",
        choices=HelpLineReport.Problem.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what’s wrong."},
    )
    comment = comment_field(
        "What happened, or what is right?", "If you know the right number, say where you found it. "
    )
