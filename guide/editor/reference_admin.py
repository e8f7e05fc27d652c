"""Reference rows in the admin."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from guide import models
from guide.editor.matrix_admin import TreatmentAdmin
from guide.editor.row_admin import PartInline, ReferenceAdmin
from guide.editor.source_admin import BaseSourceAdmin
from guide.lint.open_claims import find_open_claims
from guide.review import admin as _review  # noqa: F401  registers proposals, decisions and revisions


@admin.register(models.Source)
class SourceAdmin(BaseSourceAdmin):
    list_display = ["key", "title", "year", "kind", "checked", "verify"]
    list_filter = ["verify", "kind"]
    search_fields = ["key", "title", "authors", "doi"]
    change_list_template = "guide/editor/source_list.html"

    def get_urls(self) -> list[URLPattern]:
        claims = self.admin_site.admin_view(self.claims)
        return [path("claims/", claims, name="guide_claims"), *super().get_urls()]

    def claims(self, request: HttpRequest) -> HttpResponse:
        """List every claim that a clinician or an editor must still check."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "claims": find_open_claims(), "title": "Claims to verify"}
        return render(request, "guide/dashboard/open_claims.html", context)


class ArmInline(PartInline, admin.StackedInline):
    model = models.OutcomeArm


@admin.register(models.OutcomeFigure)
class OutcomeFigureAdmin(ReferenceAdmin):
    inlines = [ArmInline]


@admin.register(models.Question)
class QuestionAdmin(ReferenceAdmin):
    list_display = ["question", "group", "position"]
    list_filter = ["group"]
    list_select_related = ["group"]
    search_fields = ["question", "answer"]


@admin.register(models.GlossaryTerm)
class GlossaryTermAdmin(ReferenceAdmin):
    list_display = ["term", "aliases", "nicknames"]
    search_fields = ["term", "definition"]


@admin.register(models.SafetyMessage)
class SafetyMessageAdmin(ReferenceAdmin):
    list_display = ["title", "level", "position"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Pages need their safety messages: they may be reworded, but never removed."""
        return False


@admin.register(models.HelpLine)
class HelpLineAdmin(ReferenceAdmin):
    list_display = ["name", "country", "need", "phone", "checked"]
    list_filter = ["country", "need"]


@admin.register(models.SideEffect)
class SideEffectAdmin(ReferenceAdmin):
    list_display = ["name", "form", "percent", "placebo", "check_date"]
    list_filter = ["form"]


admin.site.register(models.Treatment, TreatmentAdmin)
admin.site.register(
    [
        models.Section,
        models.Milestone,
        models.QuestionGroup,
        models.SupportGroup,
        models.VideoTopic,
        models.Video,
        models.Story,
        models.MatrixRow,
    ],
    ReferenceAdmin,
)
