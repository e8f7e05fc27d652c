"""Forms of reference rows, whose data becomes the content of a proposal."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet

from guide.editor.text_validation import clean_cited_text
from guide.models import OutcomeFigure, Proposal, Source
from guide.models.reference import CITED
from guide.models.site_pages import MARKDOWN
from guide.review.autosaves import AutosavedForm
from guide.review.citations import find_same_doi, unknown_source_errors
from guide.review.conflicts import Conflict
from guide.review.drafts import drafted_content, row_version
from guide.review.snapshot import Json, apply_fields, column_values, find_subject, name_of, owned_by, snapshot

MAX_PEOPLE = 1000  # drawn in one picture


class CitingForm(forms.ModelForm):
    """A row whose texts and list of sources must cite sources that exist."""

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        markdown = (CITED, MARKDOWN)
        for name in [n for n, field in self.fields.items() if field.help_text in markdown and found.get(n)]:
            try:
                found[name] = clean_cited_text(found[name])
            except forms.ValidationError as error:
                self.add_error(name, error)
        if errors := unknown_source_errors(found.get("sources") or []):
            self.add_error("sources", errors)
        return found


class ProposalForm(AutosavedForm, CitingForm):
    """A row whose changes are saved as a draft. It starts from what was typed without saving, if there is any.

    The admin sets `draft`, the proposal that the form is based on, and `conflict`, whose merged content it starts from instead.
    """

    draft: Proposal | None = None
    conflict: Conflict | None = None
    why = forms.CharField(
        label="What changes, and why",
        max_length=200,
        required=False,
        help_text="For the reviewer and the history.",
        widget=forms.TextInput(attrs={"size": 90}),
    )
    based_on = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(self.autosaved.data if data is None and self.autosaved else data, *args, **kwargs)
        now = snapshot(find_subject(name_of(self.instance), self.instance.pk))
        start = (
            self.conflict.content | {"why": self.conflict.note} if self.conflict else drafted_content(self.draft, now)
        )
        self.initial.update(start | {"based_on": row_version(now, self.draft)})

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if isinstance(self.instance, Source):
            self._refuse_duplicate_doi(found)
        if isinstance(self.instance, OutcomeFigure) and (found.get("out_of") or 1) > MAX_PEOPLE:
            self.add_error("out_of", f"The figure can show at most {MAX_PEOPLE} people.")
        return found

    def _refuse_duplicate_doi(self, found: dict[str, Any]) -> None:
        other = find_same_doi(found.get("doi") or "", self.instance.pk)
        if other:
            self.add_error("doi", f"{other.key} is this source already: {other.title[:80]}. Cite that one.")


class SitePageForm(ProposalForm):
    """A page about the site. The form shows the box for the house rules only (editor/reference_admin.py)."""

    accept_again = forms.BooleanField(
        label="Members must accept the rules again",
        required=False,
        help_text="Check this if the meaning changes. That makes a new version: members see what changed, and can’t post "
        "until they accept it. Leave the box empty for a small correction.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["accept_again"] = bool(self.draft and self.draft.accept_again)
        self.fields["body"].widget.attrs["rows"] = 28


class ProposedFormSet(BaseInlineFormSet):
    """Owned rows, with the content of a draft if the form is based on one."""

    def __init__(self, *args: Any, proposed: list[Json] | None = None, **kwargs: Any) -> None:
        self.proposed = proposed
        self._drafted: list[Any] | None = None
        if proposed is not None:
            kwargs["initial"] = [part for part in proposed if not part.get("id")]
            self.extra = len(kwargs["initial"])
        super().__init__(*args, **kwargs)

    def get_queryset(self) -> Any:
        if self.proposed is None:
            return super().get_queryset()
        if self._drafted is not None:
            return self._drafted
        parts = {part["id"]: part for part in self.proposed if part.get("id")}
        self._drafted = [row for row in super().get_queryset() if row.pk in parts]
        for row in self._drafted:
            apply_fields(row, parts[row.pk])
        return self._drafted


def proposed_content(form: Any, formsets: Iterable[Any]) -> Json:
    """Return the form's data as the content of a proposal. From a form with errors, only the valid part."""
    model = type(form.instance)
    fields = column_values(form.instance)
    for field in model._meta.many_to_many:
        fields[field.name] = sorted(row.pk for row in form.cleaned_data.get(field.name) or [])
    owned = owned_by(model)
    if owned:
        parts = [part for formset in formsets for part in _parts(formset, owned.field.name)]
        fields[owned.name] = sorted(parts, key=lambda part: (part["id"] is None, part["id"]))
    return fields


def _parts(formset: Any, parent: str) -> list[Json]:
    valid = [f for f in formset.forms if not f.errors and not f.cleaned_data.get("DELETE")]
    rows = [f.instance for f in valid if f.instance.pk or f.has_changed()]
    return [{"id": row.pk, **column_values(row, without=parent)} for row in rows]
