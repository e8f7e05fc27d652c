"""Forms of questions without an account."""

from django import forms

from accounts.profiles.country import offered_countries
from forum.posting.forms import MultiLineField, SingleLineField, ThreadForm, validate_not_blank, validate_title
from forum.text.markdown import MAX_CHARACTERS
from forum.visitor_questions.codes import LENGTH, normalize_code, unknown_words


def country_choices() -> list[tuple[str, str]]:
    return [("", "I’d rather not say"), *offered_countries()]


class QuestionTextForm(ThreadForm):
    """A question and what helps to answer it."""

    title = SingleLineField(
        label="Your question in one line",
        max_length=140,
        validators=[validate_title],
        error_messages={"required": "Write your question in one line."},
    )
    body = MultiLineField(
        label="Tell us more",
        max_length=MAX_CHARACTERS,
        validators=[validate_not_blank],
        error_messages={"required": "Tell us a little more about it."},
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": MAX_CHARACTERS}),
        help_text="Leave out names, places and anything else that could identify you.",
    )
    warning = anonymous = members_only = None  # type: ignore[assignment]


class QuestionForm(QuestionTextForm):
    country = forms.ChoiceField(
        label="Country",
        required=False,
        choices=country_choices,
        help_text="If we show you help lines, they’ll be the ones for this country.",
    )
    email = forms.EmailField(
        label="E-mail address",
        required=False,
        help_text="Only if you want us to tell you when there’s news. We delete it once you have an answer.",
    )

    field_order = ["title", "body", "country", "email"]


class ChangedQuestionForm(QuestionTextForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Your six words",
        max_length=100,
        error_messages={"required": "Enter your six words."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="In the order we showed them, with spaces between them.",
    )

    def clean_code(self) -> str:
        code = normalize_code(self.cleaned_data["code"])
        if unknown := unknown_words(code):
            raise forms.ValidationError(f"Please check the spelling of “{unknown[0]}”. No code contains that word.")
        if len(code.split()) != LENGTH:
            raise forms.ValidationError("A code has six words.")
        return code
