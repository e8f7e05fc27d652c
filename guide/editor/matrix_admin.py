"""Treatments in the admin, and the comparison as one grid."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from core.requests import authenticated_user
from guide import models
from guide.editor.matrix_forms import MatrixForm
from guide.editor.row_admin import PartInline, ReferenceAdmin
from guide.permissions import can_write
from guide.review.drafts import RowDraft, save_row_draft
from guide.review.exceptions import NothingChanged
from guide.review.workflow import submit


class CellInline(PartInline, admin.StackedInline):
    model = models.MatrixCell

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("treatment", "row")


@admin.register(models.Treatment)
class TreatmentAdmin(ReferenceAdmin):
    inlines = [CellInline]
    change_list_template = "guide/editor/treatment_list.html"

    def get_urls(self) -> list[URLPattern]:
        return [path("matrix/", self.admin_site.admin_view(self.matrix), name="guide_matrix"), *super().get_urls()]

    def matrix(self, request: HttpRequest) -> HttpResponse:
        """Edit every cell on one page; each changed treatment becomes its own proposal."""
        if not can_write(request.user, "treatment"):
            raise PermissionDenied
        form = MatrixForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            made = _propose_columns(form, by=authenticated_user(request), send="_send" in request.POST)
            count = f"{len(made)} treatment{'' if len(made) == 1 else 's'}"
            saved = f"Saved {count}. Readers see no change until a second person approves it."
            messages.success(request, saved if made else "You changed nothing.")
            return redirect("admin:guide_proposal_changelist")
        context = {**self.admin_site.each_context(request), "form": form, "title": "The comparison"}
        return render(request, "guide/editor/matrix.html", context)


@transaction.atomic
def _propose_columns(form: MatrixForm, *, by: Any, send: bool) -> list[models.Proposal]:
    made = []
    for treatment, fields in form.columns():
        try:
            draft = RowDraft("treatment", treatment.pk, fields, str(treatment), form.cleaned_data["why"])
            proposal = save_row_draft(draft, by=by)
        except NothingChanged:
            continue
        if send:
            submit(proposal, by=by)
        made.append(proposal)
    return made
