"""Articles in the admin: saving a text makes a draft."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from core.requests import authenticated_user
from guide import models
from guide.editor import article_views
from guide.editor.article_form import ArticleForm
from guide.editor.insert_menu import INSERT_KINDS
from guide.models.review import ARTICLE
from guide.review import views as review_views
from guide.review.autosaves import discard_autosave, place_of, token_of, use_autosaves
from guide.review.drafts import save_draft
from guide.review.exceptions import StaleDraft
from guide.review.revisions import Draft
from guide.review.subjects import subject_of

MAX_WARNINGS = 12  # shown after saving
TEXT = ("title", "summary", "in_short", "body", "note", "public_note", "based_on")
CONFLICT = 409


@admin.register(models.Article)
class ArticleAdmin(admin.ModelAdmin):
    form = ArticleForm
    list_display = ["title", "section", "position", "state"]
    list_filter = ["live_revision__section"]
    search_fields = ["slug", "revisions__title"]
    fieldsets = [
        ("The page: saving makes a draft; readers see no change until someone else approves it", {"fields": TEXT}),
        ("Shown with the text: part of the same draft", {"fields": ["safety_messages", "related"]}),
        (
            "Where it appears: part of the same draft",
            {"fields": ["slug", "section", "position", "language", "review_months"]},
        ),
    ]
    change_form_template = "guide/editor/article_form.html"

    def get_urls(self) -> list[URLPattern]:
        view, views = self.admin_site.admin_view, article_views
        return [
            path("preview/", view(views.preview), name="guide_article_preview"),
            path("preview-fragment/", view(views.preview_fragment), name="guide_article_preview-fragment"),
            path("lint-fragment/", view(views.lint_fragment), name="guide_article_lint-fragment"),
            path("autosave-fragment/", view(views.autosave_fragment), name="guide_article_autosave-fragment"),
            path("discard/", view(views.discard), name="guide_article_discard"),
            path("insert/<slug:kind>/", view(views.insert_menu), name="guide_article_insert"),
            path(
                "insert/<slug:kind>/fragment/", view(views.insert_menu_fragment), name="guide_article_insert-fragment"
            ),
            path("<int:pk>/compare/", view(review_views.compare), name="guide_article_compare"),
            path("<int:pk>/withdraw/", view(review_views.withdraw_article), name="guide_article_withdraw"),
            path("<int:pk>/return/", view(review_views.return_article), name="guide_article_return"),
            path("paste-fragment/", view(views.paste_fragment), name="guide_article_paste-fragment"),
            *super().get_urls(),
        ]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show every revision of the article on the stock History button."""
        if not object_id.isdecimal():
            raise Http404
        article = get_object_or_404(models.Article.objects.select_related("live_revision"), pk=object_id)
        return review_views.history(request, article)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("live_revision__section")

    @admin.display(description="article", ordering="slug")
    def title(self, article: models.Article) -> str:
        return article.live_revision.title if article.live_revision else article.slug

    @admin.display(description="section", ordering="live_revision__section__position")
    def section(self, article: models.Article) -> str:
        return article.live_revision.section.title if article.live_revision else ""

    @admin.display(description="position", ordering="live_revision__position")
    def position(self, article: models.Article) -> int | None:
        return article.live_revision.position if article.live_revision else None

    @admin.display(description="live")
    def state(self, article: models.Article) -> str:
        return f"revision {article.live_revision.number}" if article.live_revision else "not published"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.token = "" if obj else token_of(request)
        form.place = place_of(ARTICLE, obj and obj.pk, token=form.token)
        if request.method == "GET":
            use_autosaves(form, form.place, authenticated_user(request))
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Create a new article, without a page that readers can see. Never change one: save_related makes a draft."""
        if not change:
            obj.save()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        given = form.cleaned_data
        draft = Draft(**form.page(), note=given["note"], public_note=given["public_note"])
        revision = save_draft(form.instance, draft, based_on=given["based_on"], by=authenticated_user(request))
        if not change:
            discard_autosave(form.place, by=authenticated_user(request))
        if revision:
            self._show_notices(request, revision)

    def _show_notices(self, request: HttpRequest, revision: models.ArticleRevision) -> None:
        text = "Revision {} is saved as a draft. Readers will see it once someone else approves it. <a href='{}'>{}</a>"
        review = reverse("admin:guide_proposal_review", args=[revision.proposal.pk])
        messages.info(request, format_html(text, revision.number, review, "Check the changes and send it for review"))
        for warning in subject_of(revision.proposal).errors(urgent=False)[:MAX_WARNINGS]:
            messages.warning(request, warning)

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show both texts after a conflict, even if the other text was saved between validation and saving."""
        context = {"insert_kinds": INSERT_KINDS, "show_save_and_add_another": False, **(extra_context or {})}
        shown = (object_id, form_url, context)
        try:
            response: Any = super().changeform_view(request, *shown)
        except StaleDraft:
            response = super().changeform_view(request, *shown)
        if request.method == "POST" and hasattr(response, "context_data"):
            form = response.context_data["adminform"].form
            article_views.autosave_refused(request, form.place)  # type: ignore[arg-type]
            response.status_code = CONFLICT if form.conflict else response.status_code
        return response
