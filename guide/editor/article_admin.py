"""An article in the admin: saving its text makes a draft, and nothing that was typed is lost."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from core.params import int_or_none
from core.requests import authenticated_user
from guide import models
from guide.editor import article_views
from guide.editor.article_form import ArticleForm
from guide.lint.article_notices import submit_faults
from guide.permissions import can_write_guide
from guide.review import views as review_views
from guide.review.drafts import AUTOSAVED_FIELDS, autosave, autosave_place, discard_autosave, find_autosave, save_draft
from guide.review.refusals import StaleDraft
from guide.review.revisions import Draft, guide_changed

SHOWN = 12  # warnings at a time
TEXT = ["title", "summary", "in_short", "body", "note", "substantive"]
PICKS = [("source", "a source"), ("part", "a part"), ("page", "a link to a page")]
CONFLICT = 409


@admin.register(models.Article)
class ArticleAdmin(admin.ModelAdmin):
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
            path("<int:pk>/compare/", view(review_views.compare), name="guide_article_compare"),
            path("paste-fragment/", view(views.paste_fragment), name="guide_article_paste-fragment"),
            *super().get_urls(),
        ]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The stock History button leads to every revision of the article."""
        if not object_id.isdecimal():
            raise Http404
        article = get_object_or_404(models.Article.objects.select_related("live_revision"), pk=object_id)
        return review_views.history(request, article)

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
        if request.method == "GET" and can_write_guide(authenticated_user(request)):
            form.unsaved = find_autosave(obj, authenticated_user(request))
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        draft = Draft(**{name: form.cleaned_data[name] for name in TEXT})
        begun_from = form.cleaned_data["begun_from"]
        revision = save_draft(form.instance, draft, begun_from=begun_from, by=authenticated_user(request))
        guide_changed()
        if not change:
            discard_autosave(autosave_place(None), by=authenticated_user(request))
        if revision:
            self._tell(request, revision)

    def _tell(self, request: HttpRequest, revision: models.ArticleRevision) -> None:
        words = "Revision {} is a draft. Readers see it once somebody else has approved it. <a href='{}'>{}</a>"
        review = reverse("admin:guide_proposal_review", args=[revision.proposal.pk])
        messages.info(
            request, format_html(words, revision.number, review, "Look at the changes and send it for review")
        )
        for warning in submit_faults(revision)[:SHOWN]:
            messages.warning(request, warning)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        number = int_or_none(object_id)
        revisions = models.ArticleRevision.objects.filter(article=number).select_related(
            "author", "article", "proposal"
        )
        back = _sent_back(number)
        context = {
            **(extra_context or {}),
            "revisions": revisions.order_by("-number"),
            "back": back,
            "remarks": back.proposal.remarks.select_related("by", "proposal") if back else [],
        }
        return super().change_view(request, object_id, extra_context=context)

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
        except StaleDraft:
            response = super().changeform_view(request, *shown)
        if request.method == "POST" and hasattr(response, "context_data"):
            self._autosave(request, response)
        return response

    def _autosave(self, request: HttpRequest, response: Any) -> None:
        """Keep what was typed in a form that could not be saved."""
        form = response.context_data["adminform"].form
        if can_write_guide(authenticated_user(request)):
            words = {name: request.POST.get(name, "") for name in AUTOSAVED_FIELDS}
            article = form.instance if form.instance.pk else None
            try:
                autosave(article, words, begun_from=request.POST.get("begun_from", ""), by=authenticated_user(request))
            except ValueError:  # far too long; the page that is shown holds it
                return
        if form.conflict:
            response.status_code = CONFLICT


def _sent_back(article: int | None) -> models.ProposalDecision | None:
    """Why the newest text of this article was sent back, if nothing newer was written since."""
    newest = models.Proposal.objects.of_subject("article", article).order_by("-pk").first()
    if newest is None or newest.state != models.Proposal.State.SENT_BACK:
        return None
    back = newest.decisions.filter(action=models.ProposalDecision.Action.SENT_BACK)
    return back.select_related("by", "proposal__revision").order_by("-decided_at").first()
