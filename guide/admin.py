"""Stock admin for everything that the guide is made of. Articles are edited through their revisions."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from guide import desk_admin as _desk  # noqa: F401  registers the desk and readers' feedback
from guide import models, services
from guide.change_admin import ReferenceChangeAdmin
from guide.checking import warnings
from guide.forms import ArticleForm
from guide.gate_admin import PartInline, ReferenceAdmin
from guide.matrix_admin import TreatmentAdmin
from guide.review_admin import ReviewedArticleAdmin
from guide.source_admin import CitedAdmin
from guide.verification import claims_to_verify

SHOWN = 12  # warnings at a time
TEXT = ["title", "summary", "in_short", "body", "note", "substantive"]


@admin.register(models.Article)
class ArticleAdmin(ReviewedArticleAdmin):
    form = ArticleForm
    list_display = ["title", "section", "position", "state"]
    list_filter = ["section"]
    search_fields = ["slug", "revisions__title"]
    filter_horizontal = ["safety_messages", "related"]
    fieldsets = [
        ("Text: saving makes a new draft, and readers see no change until somebody else approved it", {"fields": TEXT}),
        ("Place: readers see a change at once", {"fields": ["slug", "section", "position", "review_months"]}),
        ("With it: readers see a change at once", {"fields": ["safety_messages", "related"]}),
    ]
    change_form_template = "admin/guide/article_change.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("live_revision", "section")

    @admin.display(description="article", ordering="slug")
    def title(self, article: models.Article) -> str:
        return article.live_revision.title if article.live_revision else article.slug

    @admin.display(description="live")
    def state(self, article: models.Article) -> str:
        return f"revision {article.live_revision.number}" if article.live_revision else "not published"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not form.has_new_words:
            services.guide_changed()
            return
        draft = services.Draft(**{name: form.cleaned_data[name] for name in TEXT})
        revision = services.write_revision(form.instance, draft, by=request.user)
        services.guide_changed()
        messages.info(
            request, f"Revision {revision.number} is a draft. Readers see it once somebody else has approved it."
        )
        for warning in _warnings(revision):
            messages.warning(request, warning)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The address of a page that is out there stays: others link to it."""
        return ["slug"] if obj and obj.live_revision_id else []

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        number = object_id if object_id.isdecimal() else None
        revisions = models.ArticleRevision.objects.filter(article=number).select_related("author", "article")
        context = {**(kwargs.pop("extra_context", None) or {}), "revisions": revisions.order_by("-number")}
        return super().change_view(request, object_id, *args, extra_context=context, **kwargs)


def _warnings(revision: models.ArticleRevision) -> list[str]:
    """The first of what an editor should look at before publishing."""
    slugs = set(models.Article.objects.values_list("slug", flat=True))
    return warnings(revision.body, slugs)[:SHOWN]


@admin.register(models.Source)
class SourceAdmin(CitedAdmin):
    list_display = ["key", "title", "year", "kind", "checked", "verify"]
    list_filter = ["verify", "kind"]
    search_fields = ["key", "title", "authors", "doi"]
    change_list_template = "admin/guide/source_list.html"

    def get_urls(self) -> list[URLPattern]:
        claims = self.admin_site.admin_view(self.claims)
        return [path("claims/", claims, name="guide_claims"), *super().get_urls()]

    def claims(self, request: HttpRequest) -> HttpResponse:
        """Every claim that a clinician or an editor must still look at."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "claims": claims_to_verify(), "title": "Claims to verify"}
        return render(request, "admin/guide/claims.html", context)


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
        """Pages rest on these: they may be reworded, never missing."""
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
admin.site.register(models.ReferenceChange, ReferenceChangeAdmin)
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
