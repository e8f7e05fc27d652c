"""Headers and caching that belong to every page of the site."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from core import page_cache
from core.params import int_or_none
from guide.analytics.page_views import count
from guide.review.schedule import publish_due_for_reader

Handler = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
PAGE_SECONDS = 60
ROOMS = "/account/"
FORUM = "/forum/"
NOT_THE_GUIDE = ("/forum/", "/account/", "/admin/", "/static/", "/health/")


def permissions_policy(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    return middleware


def body_limit(get_response: Handler) -> Handler:
    """Refuse a body that is too large by what it says of its length, before any of it is read or put anywhere.

    A body without a length is not read either: WSGI gives an empty one.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        length = int_or_none(request.META.get("CONTENT_LENGTH") or "0")
        if length is not None and length <= settings.LARGEST_BODY:
            return get_response(request)
        return render(request, "413.html", status=413)

    return middleware


def private_pages(get_response: Handler) -> Handler:
    """What somebody with a session gets is theirs alone.

    Pages of an account and the forum as a member sees it are not kept even by their own browser: after they have logged
    out, its back button shows nobody what they read or wrote.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        member = settings.SESSION_COOKIE_NAME in request.COOKIES
        if request.path.startswith(ROOMS) or (member and request.path.startswith(FORUM)):
            patch_cache_control(response, private=True, no_store=True)
        elif member:
            patch_cache_control(response, private=True)
        return response

    return middleware


def publish_due_texts(get_response: Handler) -> Handler:
    """Stands outside the page cache: what was approved for a moment that has come is there for whoever reads next."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(NOT_THE_GUIDE):
            publish_due_for_reader()
        return get_response(request)

    return middleware


def count_page_views(get_response: Handler) -> Handler:
    """Stands outside the page cache, so that a kept page counts too; adds to a number in memory and writes nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        count(request, response)
        return response

    return middleware


def anonymous_page_cache(get_response: Handler) -> Handler:
    """Keep whole pages for visitors without a session, for a minute or until its version grows.

    Stands outside the session middleware, so that a member's page is neither stored nor answered from the store.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not _is_plain_visit(request):
            return get_response(request)
        key = _page_key(request)
        page = cache.get(key)
        if page is None:
            page = get_response(request)
            if _is_the_same_for_everyone(request, page):
                cache.set(key, page, PAGE_SECONDS)
        return page

    return middleware


def _is_plain_visit(request: HttpRequest) -> bool:
    """The forum is left out: a post that was removed must be gone at once."""
    reads = request.method in ("GET", "HEAD") and not request.path.startswith(FORUM)
    return reads and settings.SESSION_COOKIE_NAME not in request.COOKIES


def _page_key(request: HttpRequest) -> str:
    parts = [page_cache.version(), request.method, request.scheme, request.get_host(), request.get_full_path()]
    digest = hashlib.sha256("|".join([*map(str, parts), request.headers.get("HX-Request", "")]).encode())
    return f"page:{digest.hexdigest()}"


def _is_the_same_for_everyone(request: HttpRequest, page: HttpResponse) -> bool:
    return (
        page.status_code == HTTPStatus.OK
        and not page.streaming
        and not page.cookies
        and "CSRF_COOKIE" not in request.META
        and "no-store" not in page.get("Cache-Control", "")
    )
