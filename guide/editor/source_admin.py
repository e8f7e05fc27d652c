"""Sources in the admin: where each is cited, and which of them are one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from guide.editor.row_admin import ReferenceAdmin
from guide.models import Source
from guide.review.row_citations import duplicates, same_url, used_in


class CitedAdmin(ReferenceAdmin):
    """A source is not removed while anything cites it, and is not entered twice."""

    def get_urls(self) -> list[URLPattern]:
        twice = self.admin_site.admin_view(self.twice)
        return [path("duplicates/", twice, name="guide_source_duplicates"), *super().get_urls()]

    def twice(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "groups": duplicates(), "title": "Sources entered twice"}
        return render(request, "guide/editor/source_duplicates.html", context)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        source = Source.objects.filter(pk=object_id).first() if object_id.isdigit() else None
        uses = {"uses": used_in(source) if source else []}
        kwargs["extra_context"] = uses | (kwargs.get("extra_context") or {})
        return super().change_view(request, object_id, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        other = same_url(form.cleaned_data.get("url") or "", form.instance.pk)
        if other:
            messages.warning(request, f"{other.key} has the same address. Is it the same source? {other.title[:80]}")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What cites it is named on the page that asks; with anything there, nothing goes."""
        gone, count, lacking, protected = super().get_deleted_objects(objs, request)
        return gone, count, lacking, [*protected, *(use.where for source in objs for use in used_in(source))]
