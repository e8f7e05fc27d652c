"""Middleware for headers, caching and page views."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control

from core import page_cache
from core.params import int_or_none
from guide.analytics.page_views import count
from guide.review.schedule import publish_due_for_reader

Handler = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
PAGE_SECONDS = 60
MAX_PAGE_BYTES = 1024 * 1024
ACCOUNT_PREFIX = "/account/"
FORUM_PREFIX = "/forum/"
UNCACHED_PREFIXES = ("/forum/", "/search/", "/account/", "/admin/", "/card/", "/health/")
PAGE_PARAMETERS = {"helpful", "help", "p", "sent", "treatments"}  # that pages elsewhere read from their address
NON_GUIDE_PREFIXES = ("/forum/", "/account/", "/admin/", "/static/", "/health/")


def permissions_policy(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    return middleware


def no_null_characters(get_response: Handler) -> Handler:
    """Drop null characters from the address's query: no page means them, and PostgreSQL refuses them in a text."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "")
        return get_response(request)

    return middleware


def body_limit(get_response: Handler) -> Handler:
    """Refuse a request by its Content-Length before reading any of its body.

    A body without a Content-Length is not read either: WSGI passes an empty one.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        length = int_or_none(request.META.get("CONTENT_LENGTH") or "0")
        if length is not None and length <= settings.MAX_BODY_BYTES:
            return get_response(request)
        return render(request, "413.html", status=413)

    return middleware


def private_pages(get_response: Handler) -> Handler:
    """Keep pages for a session out of all stores, and clear the browser's when the session ends.

    So the back button shows nothing of a member after they logged out, or after their session ended elsewhere.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith(ACCOUNT_PREFIX) or settings.SESSION_COOKIE_NAME in request.COOKIES:
            patch_cache_control(response, private=True, no_store=True)
        if _ends_session(response):
            logged_out = request.method == "POST" and request.path == reverse("account_logout")
            response["Clear-Site-Data"] = '"cache", "storage"' if logged_out else '"cache"'
        return response

    return middleware


def _ends_session(response: HttpResponse) -> bool:
    cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie is not None and not cookie.value


def publish_due_proposals(get_response: Handler) -> Handler:
    """Publish scheduled proposals that are due. Runs outside the page cache, so that the next reader sees them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(NON_GUIDE_PREFIXES):
            publish_due_for_reader()
        return get_response(request)

    return middleware


def count_page_views(get_response: Handler) -> Handler:
    """Count page views in memory. Runs outside the page cache, so that cached pages count too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        count(request, response)
        return response

    return middleware


def anonymous_page_cache(get_response: Handler) -> Handler:
    """Cache whole pages for visitors without a session, for a minute or until the cache's version changes.

    Runs outside the session middleware, so that members' pages are never cached or served from the cache. Parameters that
    no page reads, such as the tracking numbers of other sites, are dropped, so that they make no further copies.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not _is_cacheable_request(request):
            return get_response(request)
        _drop_unknown_parameters(request)
        return get_response(request) if request.GET else _cached_page(request, get_response)

    return middleware


def _is_cacheable_request(request: HttpRequest) -> bool:
    """Leave out the forum, where a removed post must disappear at once, and searches, which no one else should see."""
    is_read = request.method in ("GET", "HEAD") and not request.path.startswith(UNCACHED_PREFIXES)
    return is_read and settings.SESSION_COOKIE_NAME not in request.COOKIES


def _drop_unknown_parameters(request: HttpRequest) -> None:
    known = request.GET.copy()
    for name in known.keys() - PAGE_PARAMETERS:
        del known[name]
    request.GET = known  # type: ignore[assignment]
    request.META["QUERY_STRING"] = known.urlencode()


def _cached_page(request: HttpRequest, get_response: Handler) -> HttpResponse:
    key = _page_key(request)
    page = page_cache.get(key)
    if page is None:
        page = get_response(request)
        if _is_cacheable_response(request, page):
            page_cache.set(key, page, PAGE_SECONDS)
    return page


def _page_key(request: HttpRequest) -> str:
    parts = [page_cache.version(), request.method, request.scheme, request.get_host(), request.path]
    digest = hashlib.sha256("|".join([*map(str, parts), str("HX-Request" in request.headers)]).encode())
    return f"page:{digest.hexdigest()}"


def _is_cacheable_response(request: HttpRequest, page: HttpResponse) -> bool:
    return (
        page.status_code == HTTPStatus.OK
        and not page.streaming
        and len(page.content) <= MAX_PAGE_BYTES
        and not page.cookies
        and "CSRF_COOKIE" not in request.META
        and "no-store" not in page.get("Cache-Control", "")
    )
