"""Sources in the admin: where each is cited, duplicates, and claims to verify."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from core.params import int_or_none
from guide.editor.row_admin import ReferenceAdmin
from guide.lint.open_claims import find_open_claims
from guide.models import Source
from guide.review.citations import duplicates, find_same_url, uses_of


@admin.register(Source)
class SourceAdmin(ReferenceAdmin):
    """Sources, which cannot be removed while cited, or entered twice."""

    list_display = ["key", "title", "year", "kind", "checked", "verify"]
    list_filter = ["verify", "kind"]
    search_fields = ["key", "title", "authors", "doi"]
    change_list_template = "guide/editor/source_list.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("duplicates/", view(self.duplicates), name="guide_source_duplicates"),
            path("claims/", view(self.claims), name="guide_claims"),
            *super().get_urls(),
        ]

    def duplicates(self, request: HttpRequest) -> HttpResponse:
        context = {"groups": duplicates(), "title": "Duplicate sources"}
        return self._report(request, "guide/editor/source_duplicates.html", context)

    def claims(self, request: HttpRequest) -> HttpResponse:
        """List every claim that a clinician or an editor must still check."""
        context = {"claims": find_open_claims(), "title": "Claims to verify"}
        return self._report(request, "guide/dashboard/open_claims.html", context)

    def _report(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return render(request, template, self.admin_site.each_context(request) | context)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        pk = int_or_none(object_id)
        source = Source.objects.filter(pk=pk).first() if pk is not None else None
        uses = {"uses": uses_of(source) if source else []}
        kwargs["extra_context"] = uses | (kwargs.get("extra_context") or {})
        return super().change_view(request, object_id, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        other = find_same_url(form.cleaned_data.get("url") or "", form.instance.pk)
        if other:
            messages.warning(request, f"{other.key} has the same address. Is it the same source? {other.title[:80]}")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """List what cites the source as protected objects, which prevents its removal."""
        to_delete, count, perms_needed, protected = super().get_deleted_objects(objs, request)
        protected = [*protected, *(use.where for source in objs for use in uses_of(source))]
        return to_delete, count, perms_needed, protected
