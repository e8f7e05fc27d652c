"""An article in the admin: its words make revisions, and none are lost on the way."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from core.params import int_or_none
from core.requests import authenticated_user
from guide import models, services
from guide.editor import article_views
from guide.editor.article_form import ArticleForm
from guide.editor.review_admin import ReviewedArticleAdmin
from guide.lint.article_notices import submit_faults
from guide.permissions import can_write_guide
from guide.review.article_diff import open_remarks, sent_back

SHOWN = 12  # warnings at a time
TEXT = ["title", "summary", "in_short", "body", "note", "substantive"]
PICKS = [("source", "a source"), ("part", "a part"), ("page", "a link to a page")]
CONFLICT = 409


@admin.register(models.Article)
class ArticleAdmin(ReviewedArticleAdmin):
    form = ArticleForm
    list_display = ["title", "section", "position", "state"]
    list_filter = ["section"]
    search_fields = ["slug", "revisions__title"]
    fieldsets = [
        (
            "Text: saving makes a new draft, and readers see no change until somebody else approved it",
            {"fields": [*TEXT, "begun_from"]},
        ),
        ("Place: readers see a change at once", {"fields": ["slug", "section", "position", "review_months"]}),
        ("With it: readers see a change at once", {"fields": ["safety_messages", "related"]}),
    ]
    change_form_template = "guide/editor/article_form.html"

    def get_urls(self) -> list[URLPattern]:
        view, views = self.admin_site.admin_view, article_views
        return [
            path("preview/", view(views.preview), name="guide_article_preview"),
            path("preview-fragment/", view(views.preview_fragment), name="guide_article_preview-fragment"),
            path("told-fragment/", view(views.told_fragment), name="guide_article_told-fragment"),
            path("keep-fragment/", view(views.keep_fragment), name="guide_article_keep-fragment"),
            path("discard/", view(views.discard), name="guide_article_discard"),
            path("pick/<slug:kind>/", view(views.pick), name="guide_article_pick"),
            path("pick/<slug:kind>/fragment/", view(views.pick_fragment), name="guide_article_pick-fragment"),
            path("paste-fragment/", view(views.paste_fragment), name="guide_article_paste-fragment"),
            *super().get_urls(),
        ]

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

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The address of a page that is out there stays: others link to it."""
        return ["slug"] if obj and obj.live_revision_id else []

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Boxes to tick: a handful, which the stock two lists make hard to see on a phone and to hear."""
        return super().formfield_for_manytomany(db_field, request, **kwargs, widget=forms.CheckboxSelectMultiple)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        if request.method == "GET" and can_write_guide(request.user):
            form.unsaved = services.kept_words(obj, request.user)
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        editor = authenticated_user(request)
        draft = services.Draft(**{name: form.cleaned_data[name] for name in TEXT})
        begun_from = form.cleaned_data["begun_from"]
        revision = services.save_words(form.instance, draft, begun_from=begun_from, by=editor)
        services.guide_changed()
        if not change:
            services.forget_words(services.place_of(None), by=editor)
        if revision:
            self._tell(request, revision)

    def _tell(self, request: HttpRequest, revision: models.ArticleRevision) -> None:
        words = "Revision {} is a draft. Readers see it once somebody else has approved it. <a href='{}'>{}</a>"
        review = reverse("admin:guide_revision_review", args=[revision.pk])
        messages.info(
            request, format_html(words, revision.number, review, "Look at the changes and send it for review")
        )
        for warning in submit_faults(revision)[:SHOWN]:
            messages.warning(request, warning)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        number = int_or_none(object_id)
        revisions = models.ArticleRevision.objects.filter(article=number).select_related("author", "article")
        back = sent_back(number)
        context = {
            **(extra_context or {}),
            "revisions": revisions.order_by("-number"),
            "back": back,
        }
        context["remarks"] = open_remarks(back.revision) if back else []
        return super().change_view(request, object_id, form_url, context)

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Whoever saves second is shown both texts, also if the other's came between the look and the write."""
        shown = (
            object_id,
            form_url,
            {"pick_kinds": PICKS, "show_save_and_add_another": False, **(extra_context or {})},
        )
        try:
            response = super().changeform_view(request, *shown)
        except services.Overtaken:
            response = super().changeform_view(request, *shown)
        if request.method == "POST" and hasattr(response, "context_data"):
            self._keep(request, response)
        return response

    def _keep(self, request: HttpRequest, response: Any) -> None:
        """A form that could not be saved is shown again, and its words are kept besides."""
        form = response.context_data["adminform"].form
        if can_write_guide(request.user):
            words = {name: request.POST.get(name, "") for name in services.KEPT}
            article = form.instance if form.instance.pk else None
            try:
                services.keep_words(article, words, begun_from=request.POST.get("begun_from", ""), by=request.user)
            except ValueError:  # far too long; the page that is shown holds it
                return
        if form.conflict:
            response.status_code = CONFLICT
