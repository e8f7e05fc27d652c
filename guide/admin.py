"""Stock admin for everything that the guide is made of. Articles are edited through their revisions."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse

from guide import desk_admin as _desk  # noqa: F401  registers the desk and readers' feedback
from guide import models, services
from guide.change_admin import ReferenceChangeAdmin
from guide.checking import warnings
from guide.forms import ArticleForm, SignatureForm
from guide.gate_admin import PartInline, ReferenceAdmin
from guide.matrix_admin import TreatmentAdmin
from guide.permissions import can_publish_revision, can_sign_revision
from guide.reading import changes
from guide.source_admin import CitedAdmin
from guide.verification import claims_to_verify

SHOWN = 12  # warnings at a time
TEXT = ["title", "summary", "in_short", "body", "note"]


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(models.Article)
class ArticleAdmin(admin.ModelAdmin):
    form = ArticleForm
    list_display = ["title", "section", "position", "state"]
    list_filter = ["section"]
    search_fields = ["slug", "revisions__title"]
    filter_horizontal = ["safety_messages", "related"]
    fieldsets = [
        ("Text: saving makes a new draft, and readers see no change until it is published", {"fields": TEXT}),
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
        messages.info(request, f"Revision {revision.number} is a draft. Readers see it once it is published.")
        for warning in _warnings(revision):
            messages.warning(request, warning)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The address of a page that is out there stays: others link to it."""
        return ["slug"] if obj and obj.live_revision_id else []

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        revisions = models.ArticleRevision.objects.filter(article=object_id).select_related("author", "article")
        context = {**(kwargs.pop("extra_context", None) or {}), "revisions": revisions.order_by("-number")}
        return super().change_view(request, object_id, *args, extra_context=context, **kwargs)


def _warnings(revision: models.ArticleRevision) -> list[str]:
    """The first of what an editor should look at before publishing."""
    slugs = set(models.Article.objects.values_list("slug", flat=True))
    return warnings(revision.body, slugs)[:SHOWN]


@admin.register(models.ArticleRevision)
class ArticleRevisionAdmin(ReadOnlyAdmin):
    list_display = ["title", "number", "author", "created_at", "is_live"]
    list_select_related = ["article", "author"]
    search_fields = ["title", "body"]
    change_form_template = "admin/guide/revision_change.html"

    @admin.display(boolean=True, description="live")
    def is_live(self, revision: models.ArticleRevision) -> bool:
        return revision.is_live

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/publish/", view(self.publish), name="guide_revision_publish"),
            path("<int:pk>/sign/", view(self.sign), name="guide_revision_sign"),
            *super().get_urls(),
        ]

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        revision = get_object_or_404(models.ArticleRevision.objects.select_related("article"), pk=pk)
        if not can_publish_revision(request.user, revision):
            raise PermissionDenied
        if request.method == "POST":
            services.publish_revision(revision, by=request.user, reason=request.POST.get("reason", "")[:200])
            messages.success(request, "Published. Readers see it now.")
            return redirect(reverse("admin:guide_article_change", args=[revision.article_id]))
        beside = {"changes": changes(revision), "warnings": _warnings(revision), "title": "Publish this revision?"}
        context = {**self.admin_site.each_context(request), "revision": revision, **beside}
        return render(request, "admin/guide/publish.html", context)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        revision = self.get_object(request, object_id)
        context = {**(kwargs.pop("extra_context", None) or {})}
        if revision:
            context |= {
                "may_publish": can_publish_revision(request.user, revision),
                "may_sign": can_sign_revision(request.user, revision),
            }
        return super().change_view(request, object_id, *args, extra_context=context, **kwargs)

    def sign(self, request: HttpRequest, pk: int) -> HttpResponse:
        revision = get_object_or_404(models.ArticleRevision.objects.select_related("article"), pk=pk)
        if not can_sign_revision(request.user, revision):
            raise PermissionDenied
        form = SignatureForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            services.sign_revision(revision, by=request.user, credential=form.cleaned_data["credential"])
            messages.success(request, "Signed. The page now says who reviewed it, and when.")
            return redirect(reverse("admin:guide_articlerevision_change", args=[revision.pk]))
        context = {**self.admin_site.each_context(request), "revision": revision, "form": form, "title": "Sign"}
        return render(request, "admin/guide/sign.html", context)


@admin.register(models.RevisionDecision)
class RevisionDecisionAdmin(ReadOnlyAdmin):
    list_display = ["revision", "action", "by", "credential", "decided_at"]
    list_filter = ["action"]
    list_select_related = ["revision", "by"]


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
