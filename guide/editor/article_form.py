"""An article in the admin, with the text of its newest revision."""

from dataclasses import dataclass
from typing import Any

from django import forms

from core.params import int_or_none
from guide.models import Article, ArticleRevision, Autosave
from guide.pages.blocks import UnknownPart, fill
from guide.review.drafts import TEXT_FIELDS, latest_text, same_text
from guide.text.markdown import TextTooLong, render
from guide.text.merge3 import merge

LONG = ("in_short", "body")


class RevisionForm(forms.ModelForm):
    """The text of a new revision."""

    class Meta:
        model = ArticleRevision
        fields = ["title", "summary", "in_short", "body", "note", "substantive"]
        labels = {"body": "Text", "note": "What changed, and why"}
        help_texts = {
            "in_short": "The whole answer in two to four short sentences.",
            "body": "The buttons write the marks. Each claim needs a source; parts and boxes stand on lines of their own.",
            "note": "For whoever reviews it, and for the history.",
        }
        widgets = {
            "title": forms.TextInput(attrs={"size": 90}),
            "summary": forms.TextInput(attrs={"size": 90}),
            "note": forms.TextInput(attrs={"size": 90}),
            "in_short": forms.Textarea(attrs={"rows": 5, "cols": 90}),
            "body": forms.Textarea(attrs={"rows": 32, "cols": 90}),
        }


@dataclass(frozen=True)
class Conflict:
    """Somebody saved `theirs` while `mine` was written; `rows` are (label, their words, your words) where the two differ."""

    theirs: ArticleRevision
    rows: list[tuple[str, str, str]]
    open: int


def savable(text: str) -> str:
    """The text with one kind of line ending, if a page can be made of it. Raises ValidationError."""
    text = text.replace("\r\n", "\n")
    try:
        fill(render(text).html)
    except (TextTooLong, UnknownPart) as error:
        raise forms.ValidationError(str(error)) from error
    return text


class ArticleForm(forms.ModelForm):
    """Saving a new text makes a draft, unless somebody else saved theirs meanwhile: then the two are merged."""

    unsaved: Autosave | None = None  # the admin says what this person typed here before and did not save
    title = RevisionForm.base_fields["title"]
    summary = RevisionForm.base_fields["summary"]
    in_short = RevisionForm.base_fields["in_short"]
    body = RevisionForm.base_fields["body"]
    note = RevisionForm.base_fields["note"]
    substantive = RevisionForm.base_fields["substantive"]
    begun_from = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = ["slug", "section", "position", "safety_messages", "related", "review_months"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beginning = latest_text(self.instance) if self.instance.pk else None
        self.conflict: Conflict | None = None
        self.initial["begun_from"] = str(self.beginning.pk) if self.beginning else ""
        for name in TEXT_FIELDS if self.beginning else ():
            self.initial[name] = getattr(self.beginning, name).strip()
        if self.unsaved:
            self.initial = {**self.initial, **self.unsaved.words, "begun_from": self.unsaved.begun_from}

    def clean_in_short(self) -> str:
        return savable(self.cleaned_data["in_short"])

    def clean_body(self) -> str:
        return savable(self.cleaned_data["body"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        typed = {name: str(self.data.get(name, "")).replace("\r\n", "\n") for name in TEXT_FIELDS}
        begun_from = found.get("begun_from")
        newest = self.beginning
        if newest and begun_from and begun_from != str(newest.pk) and not same_text(newest, typed):
            self._merge(newest, typed, self._base(begun_from))
        return found

    def _base(self, begun_from: str) -> ArticleRevision | None:
        return self.instance.revisions.filter(pk=int_or_none(begun_from)).first()

    def _merge(self, theirs: ArticleRevision, mine: dict[str, str], base: ArticleRevision | None) -> None:
        """Fill the fields with both people's changes; the page shows both whole texts above them."""
        author, left = str(theirs.author or "the content files"), 0
        data: Any = self.data
        self.data = data = data.copy()
        for name in TEXT_FIELDS:
            was, one, two = (getattr(base, name, "").strip(), mine[name].strip(), getattr(theirs, name).strip())
            if name in LONG:
                merged = merge(was, one, two, name=author)
                data[name], left = merged.text, left + merged.open
            else:
                data[name] = two if one == was else one
        data["begun_from"] = str(theirs.pk)
        rows = [(str(self.fields[n].label), getattr(theirs, n).strip(), mine[n].strip()) for n in TEXT_FIELDS]
        self.conflict = Conflict(theirs, [row for row in rows if row[1] != row[2]], left)
        self.add_error(
            None,
            f"{author} saved revision {theirs.number} while you were writing. Nothing is lost: both texts stand below, and "
            "the fields hold them put together. Look at it, and save once more.",
        )
