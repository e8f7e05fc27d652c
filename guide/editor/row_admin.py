"""Reference rows in the admin: saving makes a proposal, which a second person reviews."""

from copy import copy
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
from guide.editor.article_views import autosave_refused
from guide.editor.insert_menu import INSERT_KINDS
from guide.editor.row_forms import CitingForm, ProposalForm, ProposedFormSet, proposed_content
from guide.models import Proposal
from guide.models.reference import CITED
from guide.models.site_pages import MARKDOWN
from guide.review.autosaves import discard_autosave, place_of, token_of, use_autosaves
from guide.review.drafts import RowDraft, drafted_content, save_row_draft
from guide.review.exceptions import InvalidProposal, NothingChanged, StaleDraft
from guide.review.preview import preview
from guide.review.revisions import latest_proposal
from guide.review.snapshot import fields_of, find_subject, name_of, owned_by, snapshot
from guide.review.subjects import subject_of

IDENTIFIERS = ("key", "slug")
MARKDOWN_TEXTS = {CITED, MARKDOWN}  # the help texts of fields with Markdown
CONFLICT = 409


class MarkdownFields:
    """Mark the text areas for Markdown, which the toolbar, the insert menus and paste work on."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field and db_field.help_text in MARKDOWN_TEXTS:
            field.widget.attrs["data-markdown"] = True
        return field


class PartInline(MarkdownFields):
    """Common options of the inlines of a reference row."""

    form: Any = CitingForm
    formset: Any = ProposedFormSet
    extra = 0


class ReferenceAdmin(MarkdownFields, admin.ModelAdmin):
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

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row, which the page of a conflict has fetched already."""
        return getattr(request, "row", None) or super().get_object(request, object_id, from_field)

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
        form.draft, form.conflict = self.draft_of(request, obj), getattr(request, "conflict", None)
        form.token = "" if obj or form.draft else token_of(request)
        form.place = place_of(name_of(self.model), obj and obj.pk, form.draft and form.draft.pk, form.token)
        if request.method == "GET" and not form.conflict:
            use_autosaves(form, form.place, authenticated_user(request))
        request.autosaved = form.autosaved  # type: ignore[attr-defined]
        return form

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """Start owned rows from the same content as the form."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        owned, conflict = owned_by(self.model), getattr(request, "conflict", None)
        autosaved = getattr(request, "autosaved", None)
        if request.method == "GET" and autosaved:
            kwargs |= {"data": autosaved.data}
        elif request.method == "GET" and owned and inline.model is owned.related_model:
            now = snapshot(obj if obj.pk else None)
            start = conflict.content if conflict else drafted_content(self.draft_of(request, obj), now)
            kwargs |= {"proposed": start[owned.name]} if start else {}
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
            based_on=form.cleaned_data["based_on"],
            token=form.token,
            accept_again=form.cleaned_data.get("accept_again", False),
        )
        self._save_draft(request, draft)

    def _save_draft(self, request: HttpRequest, draft: RowDraft) -> None:
        """Save the draft. Set `request.proposed`, or `request.conflict` if someone else saved one meanwhile."""
        by, proposed, conflict = authenticated_user(request), None, None
        try:
            proposed = save_row_draft(draft, by=by)
            messages.success(request, "Saved as a draft. Readers see no change until a second person approves it.")
        except StaleDraft as stale:
            conflict = stale.conflict
        except (NothingChanged, InvalidProposal, IllegalTransition) as error:
            discard_autosave(draft.place, by=by)
            messages.warning(request, " ".join(map(str, error.args)))
        request.proposed, request.conflict = proposed, conflict  # type: ignore[attr-defined]

    def construct_change_message(self, *args: Any, **kwargs: Any) -> list[Any]:
        return []

    def log_addition(self, *args: Any, **kwargs: Any) -> Any:
        """Log nothing: the proposal and its decisions are the record."""

    log_change = log_deletions = log_addition

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self._to_proposal(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._to_proposal(request, obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        return self._to_proposal(request, None)

    def _to_proposal(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if request.conflict:  # type: ignore[attr-defined]
            return self._show_conflict(request, obj)
        if request.proposed:  # type: ignore[attr-defined]
            return redirect("admin:guide_proposal_review", request.proposed.pk)  # type: ignore[attr-defined]
        return redirect(reverse(f"admin:guide_{self.model._meta.model_name}_changelist"))

    def _show_conflict(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Show the form again, with both people's changes in its fields."""
        shown: Any = copy(request)
        shown.method, shown.row = "GET", obj
        if obj.pk:
            obj.refresh_from_db()
        response = self.changeform_view(shown, str(obj.pk) if obj.pk else None)
        response.status_code = CONFLICT
        return response

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
        content = proposed_content(form, formsets)
        page = preview(name_of(self.model), content, obj.pk if obj else None)
        proposal = Proposal(model=name_of(self.model), object_id=obj.pk if obj else None, content=content)
        context = {"page": page, "notices": subject_of(proposal).notices()}
        return render(request, "guide/editor/_row_preview.html", context)

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        shown = {"show_save_and_continue": False, "show_save_and_add_another": False, "row": object_id or ""}
        shown["preview_url"] = reverse(f"admin:guide_{self.model._meta.model_name}_preview-fragment")
        shown["insert_kinds"] = INSERT_KINDS if self._has_markdown() else []
        response: Any = super().changeform_view(request, object_id, form_url, shown | (extra_context or {}))
        if request.method == "POST" and hasattr(response, "context_data"):
            autosave_refused(request, response.context_data["adminform"].form.place)  # type: ignore[arg-type]
        return response

    def _has_markdown(self) -> bool:
        owned = owned_by(self.model)
        fields = fields_of(self.model) + (fields_of(owned.related_model) if owned else [])
        return any(field.help_text in MARKDOWN_TEXTS for field in fields)
