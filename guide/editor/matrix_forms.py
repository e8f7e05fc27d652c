"""The form of the comparison: questions as rows, treatments as columns."""

from typing import Any

from django import forms

from guide.editor.text_validation import clean_cited_text
from guide.models import MatrixCell, MatrixRow, Proposal, Treatment
from guide.review.autosaves import GRID, AutosavedForm
from guide.review.conflicts import Conflict
from guide.review.drafts import RowDraft, drafted_content, row_version
from guide.review.snapshot import Json, snapshot

MAX_SHORT = MatrixCell._meta.get_field("short").max_length


class MatrixForm(AutosavedForm, forms.Form):
    """Two fields for each cell, and a hidden field with the version that each column is based on.

    Shown again after a conflict, it starts from `typed`, the contents of changed columns by treatment.
    """

    place = GRID
    why = forms.CharField(
        label="What changes, and why", max_length=200, required=False, widget=forms.TextInput(attrs={"size": 90})
    )

    def __init__(
        self, data: Any = None, *, typed: dict[Any, Json] | None = None, conflicts: list[Conflict] | None = None
    ) -> None:
        super().__init__(data)
        self.typed, self.conflicts = typed or {}, conflicts or []
        self.initial["why"] = self.conflicts[0].note if self.conflicts else ""
        self.questions = list(MatrixRow.objects.all())
        self.treatments = list(Treatment.objects.prefetch_related("cells"))
        drafts = Proposal.objects.unpublished().filter(model="treatment", removes=False).select_related("author")
        self.drafts = {draft.object_id: draft for draft in drafts.order_by("pk")}  # the newest comes last and wins
        self.current = {t.pk: self._current(t) for t in self.treatments}
        for treatment in self.treatments:
            self._add_column(treatment)

    def _current(self, treatment: Treatment) -> Json:
        now = snapshot(treatment)
        return drafted_content(self.drafts.get(treatment.pk), now) or now

    def _add_column(self, treatment: Treatment) -> None:
        name = f"base-{treatment.pk}"
        self.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.initial[name] = row_version(snapshot(treatment), self.drafts.get(treatment.pk))
        shown = self.typed.get(treatment.pk, self.current[treatment.pk])
        cells = {cell["row"]: cell for cell in shown["cells"]}
        for question in self.questions:
            self._add_cell(treatment, question, cells.get(question.pk, {}))

    def _add_cell(self, treatment: Treatment, question: MatrixRow, cell: Json) -> None:
        where = f"{treatment}, {question}"
        short = forms.TextInput(attrs={"aria-label": f"{where}: in short"})
        detail = forms.Textarea(
            attrs={"rows": 4, "cols": 30, "aria-label": f"{where}: in detail", "data-markdown": True}
        )
        place = f"{treatment.pk}-{question.pk}"
        self.fields[f"short-{place}"] = forms.CharField(max_length=MAX_SHORT, required=False, widget=short)
        self.fields[f"detail-{place}"] = forms.CharField(required=False, widget=detail)
        self.initial.update({f"short-{place}": cell.get("short", ""), f"detail-{place}": cell.get("detail", "")})

    @property
    def grid(self) -> list[tuple[MatrixRow, list[tuple[Treatment, Any, Any]]]]:
        """Return (question, [(treatment, short answer, detail)]), the last two as bound fields."""
        return [
            (q, [(t, self[f"short-{t.pk}-{q.pk}"], self[f"detail-{t.pk}-{q.pk}"]) for t in self.treatments])
            for q in self.questions
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for treatment in self.treatments:
            for question in self.questions:
                self._clean_cell(f"{treatment.pk}-{question.pk}")
        return found

    def _is_changed(self, treatment: Treatment) -> bool:
        return any(
            name.endswith(f"-{q.pk}") and name.split("-")[1] == str(treatment.pk)
            for q in self.questions
            for name in self.changed_data
            if not name.startswith("base")
        )

    def _clean_cell(self, place: str) -> None:
        """Validate a changed cell: a valid text, and a short answer only together with a detail."""
        short, detail = f"short-{place}", f"detail-{place}"
        if not {short, detail} & set(self.changed_data) or {short, detail} & set(self.errors):
            return
        given = self.cleaned_data
        if bool(given[short]) != bool(given[detail]):
            self.add_error(detail if given[short] else short, "Fill in both the short answer and the detail.")
            return
        try:
            given[detail] = clean_cited_text(given[detail])
        except forms.ValidationError as error:
            self.add_error(detail, error)

    def drafts_of_columns(self) -> list[RowDraft]:
        """Return a draft for each column with a changed cell."""
        given = self.cleaned_data
        return [
            RowDraft("treatment", t.pk, self._column(t), str(t), given["why"], based_on=given[f"base-{t.pk}"])
            for t in self.treatments
            if self._is_changed(t)
        ]

    def _column(self, treatment: Treatment) -> Json:
        fields = self.current[treatment.pk]
        keys = {cell["row"]: cell["id"] for cell in fields["cells"]}
        cells = [{"id": keys.get(q.pk), "row": q.pk, **self._cell(treatment, q)} for q in self.questions]
        return fields | {"cells": [cell for cell in cells if cell["short"]]}

    def _cell(self, treatment: Treatment, question: MatrixRow) -> Json:
        place = f"{treatment.pk}-{question.pk}"
        return {name: self.cleaned_data[f"{name}-{place}"] for name in ("short", "detail")}
