"""The form of a reference row, as an editor would have it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet

from guide.models import OutcomeFigure, Proposal, Source
from guide.pages.feedback_forms import ReferenceForm
from guide.review.drafts import row_version
from guide.review.row_citations import same_doi, unknown_keys
from guide.review.row_diff import row_diff
from guide.review.row_snapshot import Json, apply_fields, column_values, find_row, name_of, owned_by, snapshot
from guide.text.diff import FieldDiff

MOST_PEOPLE = 1000  # drawn in one picture


class CitingForm(ReferenceForm):
    """A row whose lists of sources, like its texts, name sources that exist."""

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if "sources" in self.fields:
            unknown = unknown_keys(found.get("sources") or [])
            if unknown:
                self.add_error("sources", [f"There is no source {key}." for key in unknown])
        return found


class ProposalForm(CitingForm):
    """A row as an editor would have it. Saving makes a draft; the admin sets the proposal that the form is opened over."""

    draft: Proposal | None = None
    why = forms.CharField(
        label="What changes, and why",
        max_length=200,
        required=False,
        help_text="For whoever reviews it, and for the history.",
        widget=forms.TextInput(attrs={"size": 90}),
    )
    begun_from = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = snapshot(find_row(name_of(self.instance), self.instance.pk))
        self.version = row_version(now, self.draft)
        self.initial["begun_from"] = self.version
        self.newer: list[FieldDiff] = []

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if isinstance(self.instance, Source):
            self._refuse_duplicate_doi(found)
        if isinstance(self.instance, OutcomeFigure) and (found.get("out_of") or 1) > MOST_PEOPLE:
            self.add_error("out_of", f"At most {MOST_PEOPLE} people can be drawn.")
        return found

    def _refuse_duplicate_doi(self, found: dict[str, Any]) -> None:
        other = same_doi(found.get("doi") or "", self.instance.pk)
        if other:
            self.add_error("doi", f"{other.key} is this source already: {other.title[:80]}. Cite that one.")

    def _post_clean(self) -> None:
        """Last, so that what was typed can be compared with what is there by now."""
        super()._post_clean()  # type: ignore[misc]
        if self.cleaned_data.get("begun_from") == self.version:
            return
        self.newer = self._differences()
        words = (
            "Somebody else changed this since you opened it. Your words stand below; what is there now is beside them. "
        )
        self.add_error(None, words + "Put the two together, and save once more: that then takes the place of theirs.")
        data: Any = self.data
        self.data = data = data.copy()
        data[self.add_prefix("begun_from")] = self.version

    def _differences(self) -> list[FieldDiff]:
        model, typed = type(self.instance), column_values(self.instance)
        there = self.draft.content if self.draft else snapshot(find_row(name_of(model), self.instance.pk))
        same = {name: there.get(name) for name in typed}
        return row_diff(model, same, typed)


class ProposedFormSet(BaseInlineFormSet):
    """Owned rows, as a draft would have them where the form is opened over one."""

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


def posted(form: Any, formsets: Iterable[Any]) -> Json:
    """What was typed, as the content of a proposal. From a form with errors, only what is valid."""
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
    stays = [f for f in formset.forms if not f.errors and not f.cleaned_data.get("DELETE")]
    filled = [f.instance for f in stays if f.instance.pk or f.has_changed()]
    return [{"id": row.pk, **column_values(row, without=parent)} for row in filled]
