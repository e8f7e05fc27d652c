"""Treatments in the admin, and the comparison as one grid."""

from contextlib import suppress
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from accounts.models import User
from core.requests import authenticated_user
from guide import models
from guide.editor.article_views import autosave_refused
from guide.editor.insert_menu import INSERT_KINDS
from guide.editor.matrix_forms import MatrixForm
from guide.editor.row_admin import CONFLICT, PartInline, ReferenceAdmin
from guide.permissions import can_write
from guide.review.autosaves import GRID, discard_autosave, find_autosave, others_editing
from guide.review.conflicts import Conflict
from guide.review.drafts import save_row_draft
from guide.review.exceptions import NothingChanged, StaleDraft
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
        user = authenticated_user(request)
        form = MatrixForm(request.POST) if request.method == "POST" else _grid_for(user)
        if request.method == "POST" and form.is_valid():
            made, conflicts = _propose_columns(form, by=user, send="_send" in request.POST)
            if not conflicts:
                return self._saved(request, made)
            form = _merged(form, conflicts)
        if request.method == "POST":
            autosave_refused(request, GRID)  # type: ignore[arg-type]
        context = {**self.admin_site.each_context(request), "form": form, "title": "The comparison"}
        page = context | {"insert_kinds": INSERT_KINDS}
        return render(request, "guide/editor/matrix.html", page, status=CONFLICT if form.conflicts else None)

    def _saved(self, request: HttpRequest, made: list[models.Proposal]) -> HttpResponse:
        count = f"{len(made)} treatment{'' if len(made) == 1 else 's'}"
        saved = f"Saved {count}. Readers see no change until a second person approves it."
        messages.success(request, saved if made else "You changed nothing.")
        return redirect("admin:guide_proposal_changelist")


def _grid_for(user: User) -> MatrixForm:
    """Return the grid as the user typed it without saving or, if they didn't, as it is."""
    autosaved = find_autosave(GRID, user)
    form = MatrixForm(autosaved.data if autosaved else None)
    form.autosaved, form.others = autosaved, others_editing(GRID, user)
    return form


def _merged(form: MatrixForm, conflicts: dict[Any, Conflict]) -> MatrixForm:
    """Return the grid as it was typed, with both people's changes in the columns that someone else saved meanwhile."""
    typed = {draft.object_id: draft.content for draft in form.drafts_of_columns()}
    merged = {pk: conflict.content for pk, conflict in conflicts.items()}
    return MatrixForm(typed=typed | merged, conflicts=list(conflicts.values()))


@transaction.atomic
def _propose_columns(form: MatrixForm, *, by: User, send: bool) -> tuple[list[models.Proposal], dict[Any, Conflict]]:
    """Save a draft for each changed column; none if someone else saved one of them meanwhile."""
    made, conflicts = [], {}
    for draft in form.drafts_of_columns():
        with suppress(NothingChanged):
            try:
                made.append(save_row_draft(draft, by=by))
            except StaleDraft as stale:
                conflicts[draft.object_id] = stale.conflict
    for proposal in made if send and not conflicts else []:
        submit(proposal, by=by)
    discard_autosave(GRID, by=by)
    transaction.set_rollback(bool(conflicts))
    return made, conflicts
