"""The article form: fields of the article and the text of a new revision."""

from dataclasses import dataclass
from typing import Any

from django import forms

from core.params import int_or_none
from guide.editor.text_validation import clean_text
from guide.models import Article, ArticleRevision, Autosave
from guide.review.drafts import TEXT_FIELDS, latest_text, same_text
from guide.text.merge3 import merge

MERGED_FIELDS = ("in_short", "body")


class RevisionForm(forms.ModelForm):
    """The text of a new revision."""

    class Meta:
        model = ArticleRevision
        fields = ["title", "summary", "in_short", "body", "note", "substantive"]
        labels = {"body": "Text", "note": "What changed, and why"}
        help_texts = {
            "in_short": "The whole answer in two to four short sentences.",
            "body": "Use the buttons to format the text. Every claim needs a source. Put parts and boxes on their own lines.",
            "note": "For the reviewer and the history.",
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
    """An edit conflict: `theirs` was saved meanwhile; `rows` are (label, their text, your text) of fields that differ."""

    theirs: ArticleRevision
    rows: list[tuple[str, str, str]]
    unresolved: int


class ArticleForm(forms.ModelForm):
    """An article and its text. If someone else saved a text meanwhile, the two are merged for another look."""

    autosaved: Autosave | None = None  # set by the admin
    title = RevisionForm.base_fields["title"]
    summary = RevisionForm.base_fields["summary"]
    in_short = RevisionForm.base_fields["in_short"]
    body = RevisionForm.base_fields["body"]
    note = RevisionForm.base_fields["note"]
    substantive = RevisionForm.base_fields["substantive"]
    based_on = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = ["slug", "section", "position", "language", "safety_messages", "related", "review_months"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beginning = latest_text(self.instance) if self.instance.pk else None
        self.conflict: Conflict | None = None
        self.initial["based_on"] = str(self.beginning.pk) if self.beginning else ""
        for name in TEXT_FIELDS if self.beginning else ():
            self.initial[name] = getattr(self.beginning, name).strip()
        if self.autosaved:
            self.initial = {**self.initial, **self.autosaved.fields, "based_on": self.autosaved.based_on}

    def clean_in_short(self) -> str:
        return clean_text(self.cleaned_data["in_short"])

    def clean_body(self) -> str:
        return clean_text(self.cleaned_data["body"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        typed = {name: str(self.data.get(name, "")).replace("\r\n", "\n") for name in TEXT_FIELDS}
        based_on = found.get("based_on")
        newest = self.beginning
        if newest and based_on and based_on != str(newest.pk) and not same_text(newest, typed):
            self._merge(newest, typed, self._base(based_on))
        return found

    def _base(self, based_on: str) -> ArticleRevision | None:
        return self.instance.revisions.filter(pk=int_or_none(based_on)).first()

    def _merge(self, theirs: ArticleRevision, mine: dict[str, str], base: ArticleRevision | None) -> None:
        """Fill the fields with both people's changes; the page shows both texts above them."""
        author, unresolved = str(theirs.author or "the content files"), 0
        data: Any = self.data
        self.data = data = data.copy()
        for name in TEXT_FIELDS:
            base_text, my_text = getattr(base, name, "").strip(), mine[name].strip()
            their_text = getattr(theirs, name).strip()
            if name in MERGED_FIELDS:
                merged = merge(base_text, my_text, their_text, name=author)
                data[name], unresolved = merged.text, unresolved + merged.conflicts
            else:
                data[name] = their_text if my_text == base_text else my_text
        data["based_on"] = str(theirs.pk)
        rows = [(str(self.fields[n].label), getattr(theirs, n).strip(), mine[n].strip()) for n in TEXT_FIELDS]
        self.conflict = Conflict(theirs, [row for row in rows if row[1] != row[2]], unresolved)
        self.add_error(
            None,
            f"{author} saved revision {theirs.number} while you were writing. Nothing is lost: you see both texts below, and "
            "the fields contain both people’s changes. Check them and save again.",
        )
