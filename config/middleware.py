"""Middleware for headers, scheduled publication and page views."""

from collections.abc import Callable
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers

from config.health import live
from core.params import int_or_none
from forum.moderation.pending_actions import apply_due_for_reader
from guide.analytics.page_views import count
from guide.review.schedule import publish_due_for_reader

Handler = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
ACCOUNT_PREFIX = "/account/"
FORUM_PREFIX = "/forum/"
FONTS_PREFIX = f"{settings.STATIC_URL}fonts/"
ADMIN_PREFIX = "/admin/"
UNCHANGING_PREFIXES = ("/static/", "/health/", "/guide/pictures/")
NON_GUIDE_PREFIXES = (FORUM_PREFIX, ACCOUNT_PREFIX, ADMIN_PREFIX, *UNCHANGING_PREFIXES)


def answer_liveness(get_response: Handler) -> Handler:
    """Answer /health/live before all other middleware: orchestrators ask every few seconds, of each process."""
    path = reverse("health-live")
    match = resolve(path)

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path != path:
            return get_response(request)
        request.resolver_match = match  # for the metrics
        return live(request)

    return middleware


def permissions_policy(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    return middleware


def no_fonts_under_save_data(get_response: Handler) -> Handler:
    """Send no fonts to browsers with Save-Data: on, which then use the fallback fonts. Runs outside WhiteNoise."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(FONTS_PREFIX):
            return get_response(request)
        saves_data = request.headers.get("Save-Data", "").lower() == "on"
        response = HttpResponse(status=HTTPStatus.NO_CONTENT) if saves_data else get_response(request)
        patch_vary_headers(response, ["Save-Data"])
        return response

    return middleware


def no_null_characters(get_response: Handler) -> Handler:
    """Drop null characters from the query string: no page uses them, and PostgreSQL refuses them in text."""

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
    """Mark pages of a session no-store, and clear the browser's cache when the session ends.

    After a member logs out, or their session ends elsewhere, the back button shows none of their pages.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        has_session = request.path.startswith(ACCOUNT_PREFIX) or settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session and "immutable" not in response.get("Cache-Control", ""):
            patch_cache_control(response, private=True, no_store=True)
        if _ends_session(response):
            response["Clear-Site-Data"] = '"cache"'
        return response

    return middleware


def _ends_session(response: HttpResponse) -> bool:
    cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie is not None and not cookie.value


def member_time_zone(get_response: Handler) -> Handler:
    """Show times in the member's own time zone; in the admin in UTC, as its fields say."""

    def middleware(request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if not has_session or request.path.startswith(ADMIN_PREFIX) or not request.user.is_authenticated:
            return get_response(request)
        with timezone.override(ZoneInfo(request.user.time_zone)):
            return get_response(request)

    return middleware


def carry_out_what_is_due(get_response: Handler) -> Handler:
    """Publish scheduled proposals, and let moderators' actions take effect that can't be undone anymore.

    Runs outside the page cache, so that the next reader sees them.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(NON_GUIDE_PREFIXES):
            publish_due_for_reader()
        if not request.path.startswith(UNCHANGING_PREFIXES):
            apply_due_for_reader()
        return get_response(request)

    return middleware


def count_page_views(get_response: Handler) -> Handler:
    """Count page views in memory. Runs outside the page cache, so that cached pages count too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        count(request, response)
        return response

    return middleware
