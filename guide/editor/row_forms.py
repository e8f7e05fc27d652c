"""What an editor fills in to change a row of the guide, and a reviewer to decide on it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet
from django.utils import timezone

from guide.models import OutcomeFigure, ReferenceChange, Source
from guide.pages.feedback_forms import ReferenceForm
from guide.review.row_citations import same_doi, unknown_keys
from guide.review.row_diff import Difference, differences
from guide.review.row_snapshot import Json, columns, name_of, overlay, owned_by, snapshot
from guide.review.row_workflow import CHECKLIST, beginning, find_row

MOST_PEOPLE = 1000  # drawn in one picture


class CitingForm(ReferenceForm):
    """A row whose lists of sources name sources that exist, like its texts."""

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if "sources" in self.fields:
            unknown = unknown_keys(found.get("sources") or [])
            if unknown:
                self.add_error("sources", [f"There is no source {key}." for key in unknown])
        return found


class GateForm(CitingForm):
    """A row as an editor would have it. Saving makes a change that waits; the admin says over which draft it is begun."""

    draft: ReferenceChange | None = None
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
        self.beginning = beginning(name_of(self.instance), self.instance.pk, self.draft)
        self.initial["begun_from"] = self.beginning
        self.newer: list[Difference] = []

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if isinstance(self.instance, Source):
            self._no_second_of_one_doi(found)
        if isinstance(self.instance, OutcomeFigure) and (found.get("out_of") or 1) > MOST_PEOPLE:
            self.add_error("out_of", f"At most {MOST_PEOPLE} people can be drawn.")
        return found

    def _no_second_of_one_doi(self, found: dict[str, Any]) -> None:
        other = same_doi(found.get("doi") or "", self.instance.pk)
        if other:
            self.add_error("doi", f"{other.key} is this source already: {other.title[:80]}. Cite that one.")

    def _post_clean(self) -> None:
        """Last, so that what was typed can be laid beside what is there by now."""
        super()._post_clean()  # type: ignore[misc]  # the stubs leave it out
        if self.cleaned_data.get("begun_from") == self.beginning:
            return
        self.newer = self._beside()
        words = (
            "Somebody else changed this since you opened it. Your words stand below; what is there now is beside them. "
        )
        self.add_error(None, words + "Put the two together, and save once more: that then takes the place of theirs.")
        data: Any = self.data
        self.data = data = data.copy()
        data[self.add_prefix("begun_from")] = self.beginning

    def _beside(self) -> list[Difference]:
        model, typed = type(self.instance), columns(self.instance)
        there = self.draft.fields if self.draft else snapshot(find_row(name_of(model), self.instance.pk))
        same = {name: there.get(name) for name in typed}
        return differences(model, same, typed)


class ProposedFormSet(BaseInlineFormSet):
    """The rows that belong to another, as a draft would have them, where the form is opened over one."""

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
            overlay(row, parts[row.pk])
        return self._drafted


def posted(form: Any, formsets: Iterable[Any]) -> Json:
    """What was typed as fields of a change. Of a form with faults: what is valid; parts with faults are left out."""
    model = type(form.instance)
    fields = columns(form.instance)
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
    return [{"id": row.pk, **columns(row, without=parent)} for row in filled]


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"size": 60}))

    def __init__(self, *args: Any, label: str = "Why", **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{label.split(maxsplit=1)[0].lower()}_%s", **kwargs})
        self.fields["reason"].label = label


class ApprovalForm(forms.Form):
    checked = forms.MultipleChoiceField(
        label="You have read it, and",
        choices=list(CHECKLIST.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick each line that is true, or send it back with the reason."},
    )
    live_at = forms.DateTimeField(
        label="Readers see it from",
        required=False,
        help_text="UTC. Empty: at once.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_checked(self) -> list[str]:
        checked = self.cleaned_data["checked"]
        if len(checked) < len(CHECKLIST):
            raise forms.ValidationError("All four must be true. If one is not, send it back with the reason.")
        return checked

    def clean_live_at(self) -> Any:
        live_at = self.cleaned_data["live_at"]
        if live_at and live_at < timezone.now():
            raise forms.ValidationError("That time has passed. Leave it empty for now.")
        return live_at
