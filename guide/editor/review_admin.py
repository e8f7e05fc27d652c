"""Review and history in the admin: their addresses, and the read-only lists behind them."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path

from guide import models
from guide.editor import review_views


class ReadOnlyAdmin(admin.ModelAdmin):
    """To look at, and nothing else: no form, no bulk action."""

    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReviewedArticleAdmin(admin.ModelAdmin):
    """The stock History button leads to every revision of the article."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/compare/", view(review_views.compare_two), name="guide_article_compare"),
            *super().get_urls(),
        ]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not object_id.isdecimal():
            raise Http404
        article = get_object_or_404(models.Article.objects.select_related("live_revision"), pk=object_id)
        return review_views.history(request, article)


@admin.register(models.ArticleRevision)
class ArticleRevisionAdmin(ReadOnlyAdmin):
    list_display = ["title", "number", "state", "author", "created_at", "is_live"]
    list_filter = ["state"]
    list_select_related = ["article", "author"]
    search_fields = ["title", "body"]
    change_form_template = "guide/editor/revision_change.html"

    @admin.display(boolean=True, description="live")
    def is_live(self, revision: models.ArticleRevision) -> bool:
        return revision.is_live

    def get_urls(self) -> list[URLPattern]:
        acts = {
            "review": review_views.review,
            "submit": review_views.submit,
            "take-back": review_views.take_back,
            "send-back": review_views.send_back,
            "urgent": review_views.urgent,
            "sign": review_views.sign,
            "roll-back": review_views.roll_back,
        }
        view = self.admin_site.admin_view
        own = [path(f"<int:pk>/{act}/", view(page), name=f"guide_revision_{act}") for act, page in acts.items()]
        return [*own, *super().get_urls()]


@admin.register(models.RevisionDecision)
class RevisionDecisionAdmin(ReadOnlyAdmin):
    list_display = ["revision", "action", "by", "credential", "decided_at"]
    list_filter = ["action"]
    list_select_related = ["revision", "by"]
