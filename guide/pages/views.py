"""The public pages of the guide."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.danger import read_for_danger
from accounts.rate_limits import is_rate_limited
from core import page_cache
from guide.analytics import page_views
from guide.models import Article, FormerSlug, Withdrawal
from guide.pages.article_context import (
    neighbors,
    outline,
    pages_by_section,
    prescriber_questions,
    reading_minutes,
    review_status,
    signatures,
)
from guide.pages.blocks import assemble, assemble_all
from guide.pages.excerpts import excerpts
from guide.pages.feedback import give_feedback
from guide.pages.feedback_forms import FeedbackForm
from guide.pages.structured_data import article_data
from guide.text.crisis_words import may_be_in_danger

CACHE_SECONDS = 60
GONE = 410
# The article and its sections that say what to do about a late dose or injection.
LATE_DOSES = ("taking-it", ["i-missed-a-dose-of-the-tablets", "my-injection-is-late", "starting-again-after-a-gap"])
CONTENT = settings.ROOT / "guide" / "content"


@require_safe
def guide_map(request: HttpRequest) -> HttpResponse:
    return render(request, "guide/pages/map.html", {"sections": pages_by_section(_all_pages())})


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    found = Article.objects.published().filter(slug=slug).first()
    if found is None:
        return _moved_or_gone(request, slug)
    context = {"article": found, "live": found.live_revision, **_cached_context(found, request)}
    return page_views.mark_page_view(render(request, "guide/pages/article.html", context), slug)


@require_safe
def whole_guide(request: HttpRequest) -> HttpResponse:
    """Show all articles on one page, for printing."""
    articles = list(Article.objects.published().in_reading_order())
    safety, bodies, sources = assemble_all(articles)
    signed = signatures(articles)
    pages = [(found, signed.get(found.pk), body) for found, body in zip(articles, bodies, strict=True)]
    return render(request, "guide/pages/print.html", {"pages": pages, "safety": safety, "sources": sources})


@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Article.objects.published(), slug=slug)
    form = FeedbackForm(request.POST or None, initial={"helpful": request.GET.get("helpful")})
    if request.method == "POST" and form.is_valid():
        if is_rate_limited(request, "guide_feedback"):
            form.add_error(
                None, "There’s been a lot of feedback from your connection in the last hour. Please try again later."
            )
        else:
            give_feedback(found, **form.cleaned_data)
            comment = form.cleaned_data["comment"]
            help_now = read_for_danger(comment, source="feedback", reader=request.user, url=found.get_absolute_url())
            if help_now:  # at once, and not by way of an address that stays in the browser's history
                return render(request, "guide/pages/feedback.html", {"article": found, "sent": True, "help": help_now})
            danger = may_be_in_danger(comment)
            return redirect(f"{request.path}?sent" + "&help" * danger)
    context = {"article": found, "form": form, "sent": "sent" in request.GET, "urgent": "help" in request.GET}
    return render(request, "guide/pages/feedback.html", context)


@require_safe
def wallet_card(request: HttpRequest) -> HttpResponse:
    return render(request, "guide/pages/wallet_card.html")


@require_safe
def questions_for_prescriber(request: HttpRequest) -> HttpResponse:
    return render(request, "guide/pages/prescriber_questions.html", {"groups": prescriber_questions(CONTENT)})


@require_safe
def device_tools(request: HttpRequest) -> HttpResponse:
    """Show tools that keep everything on the reader's device. The page is the same for everyone."""
    article = Article.objects.published().filter(slug=LATE_DOSES[0]).first()
    sections, sources = excerpts(article, LATE_DOSES[1]) if article else ([], [])
    signature = review_status(article).signature if article else None
    context = {"article": article, "excerpts": sections, "sources": sources, "signature": signature}
    return render(request, "guide/pages/device_tools.html", context)


def _moved_or_gone(request: HttpRequest, slug: str) -> HttpResponse:
    """Redirect to the present slug of a page, or say why it was withdrawn. Raises Http404 for a page that never was."""
    former = FormerSlug.objects.filter(slug=slug).select_related("article").first()
    if former:
        return redirect(former.article, permanent=True)
    withdrawn = Withdrawal.objects.in_force().select_related("instead__live_revision")
    found = get_object_or_404(withdrawn, article__slug=slug)
    if found.redirects and found.instead:
        return redirect(found.instead)
    return render(request, "guide/pages/withdrawn.html", {"withdrawal": found}, status=GONE)


def _cached_context(found: Article, request: HttpRequest) -> dict[str, Any]:
    """Cache the context for a minute or until the guide changes, except for URLs with a query string."""
    if request.GET:
        return _context(found, request)
    key = f"article:{page_cache.versions(page_cache.SITE)}:{found.live_revision_id}:{request.build_absolute_uri(request.path)}"
    return page_cache.shared().get_or_set(key, lambda: _context(found, request), CACHE_SECONDS)  # type: ignore[return-value]


def _context(found: Article, request: HttpRequest) -> dict[str, Any]:
    """Return everything that the page shows besides the article itself; it is the same for all visitors of a URL."""
    pages = _all_pages()
    previous, following = neighbors(found, pages)
    status = review_status(found)
    page = assemble(found.live, request)
    return {
        "page": page,
        "outline": outline(page.opening + page.body),
        "minutes": reading_minutes(page.opening + page.body),
        "signature": status.signature,
        "unreviewed": status.unreviewed,
        "what_changed": status.changes,
        "sections": pages_by_section(pages),
        "previous": previous,
        "following": following,
        "related": [each for each in pages if each.pk in found.live.related],
        "data": article_data(found, request.build_absolute_uri(request.path), status.signature),
    }


def _all_pages() -> list[Article]:
    return list(Article.objects.published().without_texts().in_reading_order())
