from django import forms

from guide.models import HelpLineReport


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
        help_text="Please don’t include anything that could identify you. We can’t reply.",
    )


class HelpLineReportForm(forms.Form):
    problem = forms.ChoiceField(
        label="What’s wrong?",
        choices=HelpLineReport.Problem.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what’s wrong."},
    )
    comment = forms.CharField(
        label="What happened, or what is right?",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 1000}),
        help_text="If you know the right number, say where you found it. Please don’t include anything that could "
        "identify you. We can’t reply.",
    )
