from typing import Any

from django import forms

from guide.models import Article, ArticleRevision, Source
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


class RevisionForm(forms.ModelForm):
    """The words of a new revision, begun from the one that an editor last saw."""

    class Meta:
        model = ArticleRevision
        fields = ["title", "summary", "in_short", "body", "note"]
        widgets = {
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

    class Meta:
        model = Article
        fields = ["slug", "section", "position", "safety_messages", "related", "review_months"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = self.instance.revisions.order_by("-number").first() if self.instance.pk else None
        for name in ("title", "summary", "in_short", "body") if newest else ():
            self.fields[name].initial = getattr(newest, name).strip()

    def clean_in_short(self) -> str:
        return self._checked("in_short")

    def clean_body(self) -> str:
        return self._checked("body")

    def _checked(self, name: str) -> str:
        """The text with one kind of line end, if it renders and all that it names exists."""
        text: str = self.cleaned_data[name].replace("\r\n", "\n")
        try:
            rendered = render(text)
            fill(rendered.html)
        except (TextTooLong, UnknownPart) as error:
            raise forms.ValidationError(str(error)) from error
        unknown = set(rendered.citations) - set(Source.objects.values_list("key", flat=True))
        if unknown:
            raise forms.ValidationError(f"There is no source {', '.join(sorted(unknown))}.")
        return text


class SignatureForm(forms.Form):
    credential = forms.CharField(
        max_length=120,
        label="Name and profession",
        help_text="As readers will see it on the page, for example: Jane Okafor, pharmacist.",
    )
    read = forms.BooleanField(label="I read this very text, and I stand by it as a clinician.")
