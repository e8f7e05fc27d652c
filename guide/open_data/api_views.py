"""The API: the guide as JSON that any site may read, and its cards as HTML."""

from collections.abc import Callable
from functools import lru_cache, wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.rate_limits import LIMITS, is_rate_limited
from core import page_cache
from core.open_data import absolute_url, open_json, open_to_all
from core.yaml_text import load_yaml
from guide.models import Article, FormerSlug, Withdrawal
from guide.open_data import pieces
from guide.open_data.cards import FAQ, find_card, question_cards, section_cards

COMPARISON = "compare"  # the article that shows the comparison
OPENAPI = settings.ROOT / "guide" / "open_data" / "openapi.yaml"
LIMIT = LIMITS["open_data"]
TOO_MANY = f"At most {LIMIT.amount} requests in {LIMIT.seconds} seconds. Please wait a minute, and keep what you load."
NOT_FOUND = "There is nothing at this address."
View = Callable[..., HttpResponse]


class Gone(Exception):
    """The article was withdrawn. The message is the reason that readers see."""


def api_view(view: View) -> View:
    """Limit and mark the answers of a view. What can't be found is said in JSON."""

    @require_safe
    @wraps(view)
    def limited(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = _limited_answer(view, request, kwargs)
        response["X-Robots-Tag"] = "noindex"  # search engines should find the pages
        response["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        response.headers.setdefault("Cache-Control", "public, no-cache")  # kept, but asked for each time by its ETag
        return open_to_all(response)

    return limited


def _limited_answer(view: View, request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponse:
    if is_rate_limited(request, "open_data"):
        response = _error(TOO_MANY, HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(LIMIT.seconds)
        return response
    try:
        return view(request, **kwargs)
    except Http404:
        return _error(NOT_FOUND, HTTPStatus.NOT_FOUND)
    except Gone as error:
        return _error(f"This page was withdrawn: {error}", HTTPStatus.GONE)


def _error(message: str, status: int) -> HttpResponse:
    return open_json({"error": message}, status)


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """Return the description of the API (OpenAPI 3.1) with this site's address."""
    return load_yaml(OPENAPI.read_text()) | {"servers": [{"url": absolute_url(reverse("api-index")).rstrip("/")}]}


def addresses() -> dict[str, str]:
    """Return what each address below that of the API answers, in a sentence."""
    return {path: found["get"]["summary"] for path, found in description()["paths"].items()}


@api_view
def index(request: HttpRequest) -> HttpResponse:
    return open_json(pieces.index())


@api_view
def openapi(request: HttpRequest) -> HttpResponse:
    return open_json(description())


@api_view
def articles(request: HttpRequest) -> HttpResponse:
    return open_json(_kept("articles", pieces.articles))


@api_view
def article(request: HttpRequest, slug: str) -> HttpResponse:
    found = _published(slug)
    if found.slug != slug:
        return redirect("api-article", found.slug, permanent=True)
    return open_json(_kept(f"article:{slug}", lambda: pieces.article(found)))


@api_view
def questions(request: HttpRequest) -> HttpResponse:
    page = _published(FAQ)
    return open_json(_kept("questions", lambda: pieces.questions(page)))


@api_view
def comparison(request: HttpRequest) -> HttpResponse:
    page = _published(COMPARISON)
    return open_json(_kept("comparison", lambda: pieces.comparison(page)))


@api_view
def section_card(request: HttpRequest, slug: str, anchor: str) -> HttpResponse:
    found = _published(slug)
    if found.slug != slug:
        return redirect("api-section-card", found.slug, anchor, permanent=True)
    card = find_card(_kept(f"cards:{slug}", lambda: section_cards(found)), "anchor", anchor)
    return HttpResponse(card["card_html"])


@api_view
def question_card(request: HttpRequest, slug: str) -> HttpResponse:
    page = _published(FAQ)
    card = find_card(_kept("question-cards", lambda: question_cards(page)), "slug", slug)
    return HttpResponse(card["card_html"])


def _published(slug: str) -> Article:
    """Return the article with this slug, now or formerly. Raises Http404, and Gone for one that was withdrawn."""
    former = FormerSlug.objects.filter(slug=slug).values_list("article__slug", flat=True).first()
    now = former or slug
    if found := Article.objects.published().filter(slug=now).first():
        return found
    if withdrawal := Withdrawal.objects.in_force().filter(article__slug=now).first():
        raise Gone(withdrawal.reason)
    raise Http404


def _kept(name: str, make: Callable[[], Any]) -> Any:
    """Return what `make` returns, which is kept under this name for a minute or until the guide changes."""
    key = f"open-data:{page_cache.versions(page_cache.SITE)}:{name}"
    return page_cache.shared().get_or_set(key, make, page_cache.LONGEST_SECONDS)
