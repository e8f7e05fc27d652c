"""The desk in the admin: its panels, readers' feedback, the digest's choice, the handbook, and the guide as a file."""

from io import BytesIO
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from core.requests import AuthenticatedHttpRequest
from guide.content_io.exporter import zip_guide
from guide.dashboard.digest import choose_digest, digest_of
from guide.dashboard.forms import DigestForm, FeedbackAnswerForm
from guide.dashboard.handbook import handbook
from guide.dashboard.panels import desk_of, panel_of
from guide.models import Feedback
from guide.permissions import can_export_guide, can_see_desk


@require_GET
def desk(request: AuthenticatedHttpRequest) -> HttpResponse:
    """All panels, or one of them whole (?panel=overdue)."""
    if not can_see_desk(request.user):
        raise PermissionDenied
    key = request.GET.get("panel", "")
    one = panel_of(request.user, key) if key else None
    if key and one is None:
        raise Http404
    form = DigestForm(initial={"digest": digest_of(request.user)})
    context = {"panels": [one] if one else desk_of(request.user), "one": one, "form": form}
    return _page(request, "guide/dashboard/dashboard.html", one.panel.title if one else "The desk", context)


@require_http_methods(["POST"])
def digest(request: AuthenticatedHttpRequest) -> HttpResponse:
    if not can_see_desk(request.user):
        raise PermissionDenied
    form = DigestForm(request.POST)
    if not form.is_valid():
        context = {"panels": desk_of(request.user), "one": None, "form": form}
        return _page(request, "guide/dashboard/dashboard.html", "The desk", context)
    choose_digest(request.user, form.cleaned_data["digest"])
    messages.success(request, "Saved. The digest comes only when something waits for you.")
    return redirect("admin:guide_desk")


@require_GET
def handbook_page(request: AuthenticatedHttpRequest) -> HttpResponse:
    if not can_see_desk(request.user):
        raise PermissionDenied
    pieces, headings = handbook()
    context = {"pieces": pieces, "headings": headings}
    return _page(request, "guide/dashboard/handbook.html", "The editors’ handbook", context)


@require_GET
def export(request: AuthenticatedHttpRequest) -> FileResponse:
    """The guide as a zip for translators. It reads what everybody may read, so a GET will do."""
    if not can_export_guide(request.user):
        raise PermissionDenied
    name = f"guide-{timezone.now():%Y-%m-%d}.zip"
    return FileResponse(
        BytesIO(zip_guide(translators=True)), as_attachment=True, filename=name, content_type="application/zip"
    )


def _page(request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), "title": title, **context})


class AssignedFilter(admin.SimpleListFilter):
    title = "given to"
    parameter_name = "given"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("me", "me"), ("nobody", "nobody")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> QuerySet[Feedback]:
        chosen: dict[str, dict[str, Any]] = {"me": {"assigned_to": request.user}, "nobody": {"assigned_to": None}}
        return queryset.filter(**chosen.get(self.value() or "", {}))


@admin.register(Feedback)
class FeedbackAdmin(admin.ModelAdmin):
    """What readers said is theirs and stays; who looks into it, what came of it and whether it is done is the editors'."""

    form = FeedbackAnswerForm
    list_display = ["article", "helpful", "comment", "created_at", "assigned_to", "closed"]
    list_filter = ["closed", "helpful", AssignedFilter]
    list_editable = ["closed"]
    list_select_related = ["article__live_revision", "assigned_to"]
    search_fields = ["comment", "article__slug"]
    actions = ["take", "close"]
    fields = ["article", "revision", "helpful", "comment", "created_at", "assigned_to", "answer", "closed"]
    readonly_fields = ["article", "revision", "helpful", "comment", "created_at"]

    class Media:
        css = {"all": ["css/admin-dashboard.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("desk/", view(desk), name="guide_desk"),
            path("desk/digest/", view(digest), name="guide_digest"),
            path("desk/handbook/", view(handbook_page), name="guide_handbook"),
            path("desk/guide.zip", view(export), name="guide_export"),
            *super().get_urls(),
        ]

    @admin.action(description="Give to me", permissions=["change"])
    def take(self, request: HttpRequest, chosen: QuerySet[Feedback]) -> None:
        count = chosen.filter(closed=False).update(assigned_to=request.user)
        self.message_user(request, f"{count} given to you.")

    @admin.action(description="Close", permissions=["change"])
    def close(self, request: HttpRequest, chosen: QuerySet[Feedback]) -> None:
        self.message_user(request, f"{chosen.filter(closed=False).update(closed=True)} closed.")
