"""The dashboard in the admin: panels, digest setting, handbook, export, and readers' feedback."""

from io import BytesIO
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from core.requests import AuthenticatedHttpRequest
from guide.admin_urls import edit_url
from guide.content_io.exporter import zip_guide
from guide.dashboard.digest import choose_digest, digest_of
from guide.dashboard.forms import DigestForm, FeedbackAnswerForm
from guide.dashboard.handbook import handbook
from guide.dashboard.panels import panel_for, panels_for
from guide.models import Feedback, HelpLineReport
from guide.permissions import can_export_guide, can_see_dashboard


@require_safe
def dashboard(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show all panels, or one of them in full (?panel=overdue)."""
    if not can_see_dashboard(request.user):
        raise PermissionDenied
    key = request.GET.get("panel", "")
    single = panel_for(request.user, key) if key else None
    if key and single is None:
        raise Http404
    form = DigestForm(initial={"digest": digest_of(request.user)})
    context = {"panels": [single] if single else panels_for(request.user), "single": single, "form": form}
    return _page(request, "guide/dashboard/dashboard.html", single.panel.title if single else "Dashboard", context)


@require_http_methods(["POST"])
def digest(request: AuthenticatedHttpRequest) -> HttpResponse:
    if not can_see_dashboard(request.user):
        raise PermissionDenied
    form = DigestForm(request.POST)
    if not form.is_valid():
        context = {"panels": panels_for(request.user), "single": None, "form": form}
        return _page(request, "guide/dashboard/dashboard.html", "Dashboard", context)
    choose_digest(request.user, form.cleaned_data["digest"])
    messages.success(request, "Saved. You’ll get the digest only when something is waiting for you.")
    return redirect("admin:guide_dashboard")


@require_safe
def handbook_page(request: AuthenticatedHttpRequest) -> HttpResponse:
    if not can_see_dashboard(request.user):
        raise PermissionDenied
    pieces, headings = handbook()
    context = {"pieces": pieces, "headings": headings}
    return _page(request, "guide/dashboard/handbook.html", "The editors’ handbook", context)


@require_safe
def export(request: AuthenticatedHttpRequest) -> FileResponse:
    """Download the guide as a zip for translators. It contains only public text, so GET is fine."""
    if not can_export_guide(request.user):
        raise PermissionDenied
    name = f"guide-{timezone.now():%Y-%m-%d}.zip"
    return FileResponse(
        BytesIO(zip_guide(translators=True)), as_attachment=True, filename=name, content_type="application/zip"
    )


def _page(request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), "title": title, **context})


class AssignedFilter(admin.SimpleListFilter):
    title = "assigned to"
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("me", "me"), ("no-one", "no one")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> QuerySet[Feedback]:
        chosen: dict[str, dict[str, Any]] = {"me": {"assigned_to": request.user}, "no-one": {"assigned_to": None}}
        return queryset.filter(**chosen.get(self.value() or "", {}))


class SentByReaders(admin.ModelAdmin):
    """What readers sent: no one adds or deletes it."""

    class Media:
        css = {"all": ["css/admin-dashboard.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(HelpLineReport)
class HelpLineReportAdmin(SentByReaders):
    """Readers' reports of wrong help lines, which are read-only; editors write what they did, and close them."""

    list_display = ["line", "shown", "problem", "comment", "created_at", "closed"]
    list_filter = ["closed", "problem", "line__country"]
    list_editable = ["closed"]
    list_select_related = ["line"]
    fields = ["line", "edit_line", "shown", "problem", "comment", "created_at", "answer", "closed"]
    readonly_fields = ["line", "edit_line", "shown", "problem", "comment", "created_at"]

    @admin.display(description="to correct it")
    def edit_line(self, report: HelpLineReport) -> SafeString:
        return format_html('<a href="{}">Edit this help line</a>', edit_url(report.line))


@admin.register(Feedback)
class FeedbackAdmin(SentByReaders):
    """Readers' feedback, which is read-only; editors set who handles it, their answer, and whether it is closed."""

    form = FeedbackAnswerForm
    list_display = ["article", "helpful", "comment", "created_at", "assigned_to", "closed"]
    list_filter = ["closed", "helpful", AssignedFilter]
    list_editable = ["closed"]
    list_select_related = ["article__live_revision", "assigned_to"]
    search_fields = ["comment", "article__slug"]
    actions = ["take", "close"]
    fields = ["article", "revision", "helpful", "comment", "created_at", "assigned_to", "answer", "closed"]
    readonly_fields = ["article", "revision", "helpful", "comment", "created_at"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("dashboard/", view(dashboard), name="guide_dashboard"),
            path("dashboard/digest/", view(digest), name="guide_digest"),
            path("dashboard/handbook/", view(handbook_page), name="guide_handbook"),
            path("dashboard/guide.zip", view(export), name="guide_export"),
            *super().get_urls(),
        ]

    @admin.action(description="Assign to me", permissions=["change"])
    def take(self, request: HttpRequest, chosen: QuerySet[Feedback]) -> None:
        count = chosen.filter(closed=False).update(assigned_to=request.user)
        self.message_user(request, f"Assigned {count} to you.")

    @admin.action(description="Close", permissions=["change"])
    def close(self, request: HttpRequest, chosen: QuerySet[Feedback]) -> None:
        self.message_user(request, f"Closed {chosen.filter(closed=False).update(closed=True)}.")
