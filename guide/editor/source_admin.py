"""Sources in the admin: where each is cited, and duplicates."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from core.params import int_or_none
from guide.editor.row_admin import ReferenceAdmin
from guide.models import Source
from guide.review.citations import duplicates, find_same_url, uses_of


class BaseSourceAdmin(ReferenceAdmin):
    """Sources, which cannot be removed while cited, or entered twice."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.duplicates)
        return [path("duplicates/", view, name="guide_source_duplicates"), *super().get_urls()]

    def duplicates(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "groups": duplicates(), "title": "Duplicate sources"}
        return render(request, "guide/editor/source_duplicates.html", context)

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
