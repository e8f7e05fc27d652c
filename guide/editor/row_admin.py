"""Reference rows in the admin: saving makes a proposal, which a second person reviews."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from core.requests import authenticated_user
from core.transitions import IllegalTransition
from guide.editor.row_forms import CitingForm, ProposalForm, ProposedFormSet, proposed_content
from guide.models import Proposal
from guide.review.drafts import RowDraft, drafted_content, save_row_draft
from guide.review.exceptions import InvalidProposal, NothingChanged
from guide.review.preview import preview
from guide.review.revisions import latest_proposal
from guide.review.snapshot import find_subject, name_of, owned_by, snapshot

IDENTIFIERS = ("key", "slug")


class PartInline:
    """Common options of the inlines of a reference row."""

    form: Any = CitingForm
    formset: Any = ProposedFormSet
    extra = 0


class ReferenceAdmin(admin.ModelAdmin):
    """Rows that readers see. Saving or removing one makes a proposal instead of changing the row."""

    form = ProposalForm
    actions = None
    change_form_template = "guide/editor/reference_form.html"
    add_form_template = "guide/editor/reference_form.html"

    def get_urls(self) -> list[URLPattern]:
        name = f"guide_{self.model._meta.model_name}_preview-fragment"
        fragment = self.admin_site.admin_view(require_POST(self.preview_fragment))
        return [path("preview-fragment/", fragment, name=name), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep the key or slug of an existing row: texts and URLs refer to it."""
        columns = {f.name for f in self.model._meta.concrete_fields}
        return [name for name in IDENTIFIERS if name in columns] if obj and obj.pk else []

    # What the form is based on

    def draft_of(self, request: HttpRequest, obj: Any) -> Proposal | None:
        """Return the newest unpublished proposal for this row or, for a new row, the one named in the URL."""
        model = name_of(self.model)
        if obj and obj.pk:
            return latest_proposal(model, obj.pk)
        pk = request.GET.get("proposal", "")
        new_rows = Proposal.objects.open().filter(model=model, object_id=None)
        return new_rows.filter(pk=pk).first() if pk.isdigit() else None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.draft = self.draft_of(request, obj)
        return form

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        owned = owned_by(self.model)
        if request.method == "GET" and owned and inline.model is owned.related_model:
            drafted = drafted_content(self.draft_of(request, obj), snapshot(obj if obj.pk else None))
            kwargs |= {"proposed": drafted[owned.name]} if drafted else {}
        return kwargs

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Remove the pop-up to add a related row, since that row would have to be reviewed first."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    # What saving does

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Do nothing: save_related makes a proposal."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        draft = RowDraft(
            model=name_of(self.model),
            object_id=form.instance.pk,
            content=proposed_content(form, formsets),
            label=str(form.instance),
            note=form.cleaned_data["why"],
            replaces=form.draft,
        )
        self._save_draft(request, draft)

    def _save_draft(self, request: HttpRequest, draft: RowDraft) -> None:
        try:
            request.proposed = save_row_draft(draft, by=authenticated_user(request))  # type: ignore[attr-defined]
            messages.success(request, "Saved as a draft. Readers see no change until a second person approves it.")
        except (NothingChanged, InvalidProposal, IllegalTransition) as error:
            request.proposed = None  # type: ignore[attr-defined]
            messages.warning(request, " ".join(map(str, error.args)))

    def construct_change_message(self, *args: Any, **kwargs: Any) -> list[Any]:
        return []

    def log_addition(self, *args: Any, **kwargs: Any) -> Any:
        """Log nothing: the proposal and its decisions are the record."""

    log_change = log_deletions = log_addition

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self._to_proposal(request)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._to_proposal(request)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        return self._to_proposal(request)

    def _to_proposal(self, request: HttpRequest) -> HttpResponse:
        proposal = request.proposed  # type: ignore[attr-defined]
        if proposal:
            return redirect("admin:guide_proposal_review", proposal.pk)
        return redirect(reverse(f"admin:guide_{self.model._meta.model_name}_changelist"))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._save_draft(request, RowDraft(name_of(self.model), obj.pk, {}, str(obj), removes=True))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Refuse bulk removal: each removal is reviewed separately."""
        raise PermissionDenied

    # The preview

    def preview_fragment(self, request: HttpRequest) -> HttpResponse:
        """Render the row from the posted form; invalid fields keep their old values."""
        row = request.GET.get("row", "")
        obj = find_subject(name_of(self.model), int(row)) if row.isdigit() else None
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        form = self.get_form(request, obj, change=bool(obj))(request.POST, instance=obj)
        form.full_clean()
        formsets, _ = self._create_formsets(request, form.instance, change=bool(obj))  # type: ignore[attr-defined]
        page = preview(name_of(self.model), proposed_content(form, formsets), obj.pk if obj else None)
        return render(request, "guide/editor/_preview.html", {"page": page})

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        shown = {"show_save_and_continue": False, "show_save_and_add_another": False, "row": object_id or ""}
        shown["preview_url"] = reverse(f"admin:guide_{self.model._meta.model_name}_preview-fragment")
        return super().changeform_view(request, object_id, form_url, shown | (extra_context or {}))
