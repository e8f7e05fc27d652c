"""The article form: the whole page of a new revision."""

from typing import Any

from django import forms
from django.utils.text import slugify

from core.params import int_or_none
from guide.editor.text_validation import clean_text
from guide.models import Article, ArticleRevision, SafetyMessage
from guide.models.page_fields import PAGE_FIELDS
from guide.review.autosaves import AutosavedForm
from guide.review.conflicts import Conflict, author_of, conflict_with
from guide.review.drafts import latest_text, same_page
from guide.review.forms import PagesField
from guide.review.revisions import slug_errors
from guide.review.snapshot import LISTED, Json, snapshot, without_outer_spaces

DEFAULT_REVIEW_MONTHS = 12


class RevisionForm(forms.ModelForm):
    """The page of a new revision. Its fields are also those of ArticleForm."""

    safety_messages = forms.ModelMultipleChoiceField(
        SafetyMessage.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose one for every danger that the page touches on.",
    )
    related = PagesField(
        Article.objects.published().in_reading_order(),
        label="Read next",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    based_on = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ArticleRevision
        fields = [*PAGE_FIELDS, "note", "public_note"]
        labels = {"body": "Text", "note": "What changed, and why", "slug": "Address"}
        help_texts = {
            "in_short": "The whole answer in two to four short sentences.",
            "slug": "Leave it empty to make it from the title. After a change, the old address leads to the new one.",
            "body": "Use the buttons to format the text. Every claim needs a source. Put parts and boxes on their own lines.",
            "note": "For the reviewer and the history. Readers don’t see it.",
        }
        widgets = {
            "title": forms.TextInput(attrs={"size": 90}),
            "summary": forms.TextInput(attrs={"size": 90}),
            "note": forms.TextInput(attrs={"size": 90}),
            "public_note": forms.TextInput(attrs={"size": 90}),
            "in_short": forms.Textarea(attrs={"rows": 5, "cols": 90, "data-markdown": True}),
            "body": forms.Textarea(attrs={"rows": 32, "cols": 90, "data-markdown": True}),
        }


class ArticleForm(AutosavedForm, forms.ModelForm):
    """A whole page. If someone else saved one meanwhile, the two are merged for another look."""

    locals().update(RevisionForm.base_fields)  # the admin accepts only declared fields besides those of Article

    class Meta:
        model = Article
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beginning = latest_text(self.instance) if self.instance.pk else None
        self.conflict: Conflict | None = None
        self.fields["slug"].required = False
        self.initial["based_on"] = str(self.beginning.pk) if self.beginning else ""
        self.initial["review_months"] = DEFAULT_REVIEW_MONTHS
        self.initial.update({name: _stripped(value) for name, value in snapshot(self.beginning).items()})
        self._restore_autosaved()

    def _restore_autosaved(self) -> None:
        """Start from what was typed before without saving, unless it is what the form starts from anyway."""
        if self.autosaved is None:
            return
        data: Any = self.autosaved.data
        typed = {name: data.getlist(name) if name in LISTED else value for name, value in data.items()}
        if self.beginning and same_page(snapshot(self.beginning), typed):
            self.autosaved = None
        else:
            self.initial.update(typed)

    def clean_in_short(self) -> str:
        return clean_text(self.cleaned_data["in_short"])

    def clean_body(self) -> str:
        return clean_text(self.cleaned_data["body"])

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]) or self._slug_of_title()
        if errors := slug_errors(slug, self.instance.pk):
            raise forms.ValidationError(errors)
        return slug

    def _slug_of_title(self) -> str:
        slug = slugify(self.cleaned_data.get("title", ""))[: ArticleRevision._meta.get_field("slug").max_length]
        if not slug:
            raise forms.ValidationError("Write the last part of the page’s address.")
        return slug

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        based_on, newest, typed = found.get("based_on"), self.beginning, self._typed()
        if newest and based_on and based_on != str(newest.pk) and not same_page(snapshot(newest), typed):
            self._merge(newest, typed, snapshot(self.instance.revisions.filter(pk=int_or_none(based_on)).first()))
        return found

    def page(self) -> Json:
        """Return the valid form as the content of a page."""
        values = {name: self.cleaned_data[name] for name in PAGE_FIELDS}
        lists = {name: sorted(row.pk for row in values[name]) for name in LISTED}
        return without_outer_spaces(values | lists | {"section": values["section"].pk}, snapshot(self.beginning))

    def _post_clean(self) -> None:
        """Validate the page as a revision, whose fields have bounds that form fields don't know."""
        super()._post_clean()  # type: ignore[misc]
        given = {name: value for name, value in self.cleaned_data.items() if name in PAGE_FIELDS and name not in LISTED}
        unchecked = [f.name for f in ArticleRevision._meta.fields if f.name not in given]
        try:
            ArticleRevision(**given).clean_fields(exclude=unchecked)
        except forms.ValidationError as errors:
            self.add_error(None, errors)

    def _typed(self) -> Json:
        data: Any = self.data
        texts = {name: str(data.get(name, "")).replace("\r\n", "\n") for name in PAGE_FIELDS}
        return texts | {name: [int(key) for key in data.getlist(name) if key.isdecimal()] for name in LISTED}

    def _merge(self, newest: ArticleRevision, mine: Json, base: Json) -> None:
        """Fill the fields with both people's changes; the page shows both pages above them."""
        author = author_of(newest.proposal)
        self.conflict = conflict_with(author, ArticleRevision, base=base, mine=mine, theirs=snapshot(newest))
        data: Any = self.data
        self.data = data = data.copy()
        for name, value in self.conflict.content.items():
            data.setlist(name, value if name in LISTED else [_stripped(value)])
        data["based_on"] = str(newest.pk)
        self.add_error(
            None,
            f"{author} saved revision {newest.number} while you were writing. Nothing is lost: you see both texts below, and "
            "the fields contain both people’s changes. Check them and save again.",
        )


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
