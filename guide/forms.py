from typing import Any

from django import forms

from guide.checking import breaks
from guide.models import Article, ArticleRevision, Source
from guide.models.reference import CITED
from guide.parts import UnknownPart, fill
from guide.rendering import TextTooLong, render


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


WORDS = ("title", "summary", "in_short", "body")


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


class RevisionForm(forms.ModelForm):
    """The words of a new revision, begun from the one that an editor last saw."""

    class Meta:
        model = ArticleRevision
        fields = ["title", "summary", "in_short", "body", "note", "substantive"]
        widgets = {
            "title": forms.TextInput(attrs={"size": 90}),
            "summary": forms.TextInput(attrs={"size": 90}),
            "note": forms.TextInput(attrs={"size": 90}),
            "in_short": forms.Textarea(attrs={"rows": 5, "cols": 90}),
            "body": forms.Textarea(attrs={"rows": 32, "cols": 90}),
        }


class ArticleForm(forms.ModelForm):
    """An article with the text of its newest revision; saving the text makes a new draft revision."""

    title = RevisionForm.base_fields["title"]
    summary = RevisionForm.base_fields["summary"]
    in_short = RevisionForm.base_fields["in_short"]
    body = RevisionForm.base_fields["body"]
    note = RevisionForm.base_fields["note"]
    substantive = RevisionForm.base_fields["substantive"]

    class Meta:
        model = Article
        fields = ["slug", "section", "position", "safety_messages", "related", "review_months"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begun_from = self._beginning() if self.instance.pk else None
        for name in WORDS if self.begun_from else ():
            self.fields[name].initial = getattr(self.begun_from, name).strip()

    def _beginning(self) -> ArticleRevision | None:
        """The newest text that is under way after what is live, or else what is live: a roll-back is not undone by a typo."""
        live, revisions = self.instance.live_revision, self.instance.revisions
        newest = (revisions.open() | revisions.planned()).order_by("-number").first()
        return newest if newest and (not live or newest.number > live.number) else live

    @property
    def has_new_words(self) -> bool:
        """Whether the text differs from what it was begun from; line ends and spaces around it do not count."""
        return not self.begun_from or any(
            self.cleaned_data[name].strip() != getattr(self.begun_from, name).strip() for name in WORDS
        )

    def clean_in_short(self) -> str:
        return checked(self.cleaned_data["in_short"])

    def clean_body(self) -> str:
        return checked(self.cleaned_data["body"])
