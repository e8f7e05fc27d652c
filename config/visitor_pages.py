"""Cache whole pages for visitors without a session, for a minute or until something on them changes.

Runs outside nearly all other middleware and stores what they add, compressed. It never looks at a page of a session, and
never stores a page that sets a cookie or has a form of its own.
"""

import gzip
import hashlib
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from core import page_cache
from core.page_cache import SITE, THREAD_LISTS, Versions, thread_scope

Handler = Callable[[HttpRequest], HttpResponse]

MAX_PAGE_BYTES = 1024 * 1024
FLIGHT_SECONDS = 5  # for which other requests wait for a page that is being made
WAIT_SECONDS = 0.01  # between two looks at whether it is there
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}
ACCEPTED = re.compile(r"([a-z]+)(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))\b")  # of Accept-Encoding
# Searches are left out, since no one else should see them, pictures, which browsers keep, and the API, which counts each request.
UNCACHED = re.compile(r"/(?:forum|account|admin|search|card|health|static|guide/pictures|open-data/api)/")
FORUM_PAGE = re.compile(r"/forum/(?:$|threads/$|in/[\w-]+/(?:new\.atom)?$|(?:thread|feeds)/(?P<pk>\d+)[/.])")
# What pages read of the query string. Only pages with those of CACHED_QUERY, or none, are cached.
GUIDE_PARAMETERS = {"before", "helpful", "help", "p", "sent", "treatments"}
FORUM_PARAMETERS = {"before", "page", "show"}
CACHED_QUERY = re.compile(r"(?:(?:page|show)=[a-z0-9-]{1,12}&?)*")
# Where there is a CDN: it may serve a page of the guide for a minute, but must ask for a page with members' texts each time.
GUIDE_CACHE_CONTROL = "public, max-age=0, s-maxage=60, stale-while-revalidate=60"
FORUM_CACHE_CONTROL = "public, no-cache"


class CachedPage(NamedTuple):
    versions: Versions
    headers: dict[str, str]
    body: bytes
    counted: tuple[str, str] | None  # by guide.analytics.page_views

    def response(self) -> HttpResponse:
        page = HttpResponse(self.body, headers=self.headers)
        page.counted = self.counted  # type: ignore[attr-defined]
        return page


def visitor_pages(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        scopes = _scopes(request)
        if not scopes:
            return get_response(request)
        _drop_unknown_parameters(request)
        if not _has_cached_query(request):
            return get_response(request)
        return _cached_or_made(request, scopes, get_response)

    return middleware


def _scopes(request: HttpRequest) -> list[str]:
    """Return what the page depends on. Empty for members' pages and those that are never cached."""
    if request.method != "GET" or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return []
    if found := FORUM_PAGE.match(request.path):
        own = thread_scope(found["pk"]) if found["pk"] else THREAD_LISTS
        return [SITE, own] if settings.CACHE_FORUM_PAGES else []
    if UNCACHED.match(request.path):
        return []
    return [SITE, THREAD_LISTS] if request.path == "/" else [SITE]


def _drop_unknown_parameters(request: HttpRequest) -> None:
    """Drop parameters that no page reads, such as other sites' tracking parameters, so that they make no more copies."""
    if request.META.get("QUERY_STRING"):
        known = request.GET.copy()
        for name in known.keys() - (FORUM_PARAMETERS if FORUM_PAGE.match(request.path) else GUIDE_PARAMETERS):
            del known[name]
        request.GET = known  # type: ignore[assignment]
        request.META["QUERY_STRING"] = known.urlencode()


def _has_cached_query(request: HttpRequest) -> bool:
    return CACHED_QUERY.fullmatch(request.META.get("QUERY_STRING", "")) is not None


def _cached_or_made(request: HttpRequest, scopes: list[str], get_response: Handler) -> HttpResponse:
    encoding = _encoding(request)
    key = _key(request, encoding)
    page, versions = page_cache.get_with_versions(key, *scopes)
    if page is None or page.versions != versions:
        page = _made_by_another(key, scopes)
    if page is not None:
        request.from_cache = True  # type: ignore[attr-defined]  # for metrics and logs
        return page.response()
    request.reads_primary = any(versions)  # type: ignore[attr-defined]  # by config.replica
    try:
        made = get_response(request)
        return _store(key, made, versions, encoding) if _is_cacheable(request, made) else made
    finally:
        page_cache.shared().delete(f"{key}:lock")


def _made_by_another(key: str, scopes: list[str]) -> CachedPage | None:
    """Wait for the page that another request is making. Return None if this request is to make it."""
    while not page_cache.shared().add(f"{key}:lock", 1, FLIGHT_SECONDS):
        time.sleep(WAIT_SECONDS)
        page, versions = page_cache.get_with_versions(key, *scopes)
        if page is not None and page.versions == versions:
            return page
        if page_cache.shared().get(f"{key}:lock") is None:  # it could not be cached, or the cache is down
            return None
    return None


def _store(key: str, made: HttpResponse, versions: Versions, encoding: str) -> HttpResponse:
    body, headers = made.content, made.headers
    patch_vary_headers(made, ["Accept-Encoding", "Cookie"])
    headers.setdefault("Cache-Control", GUIDE_CACHE_CONTROL if len(versions) == 1 else FORUM_CACHE_CONTROL)
    headers["ETag"] = f'W/"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
    if encoding:
        headers["Content-Encoding"], body = encoding, COMPRESS[encoding](body)
    headers["Content-Length"] = str(len(body))
    page = CachedPage(versions, dict(headers.items()), body, getattr(made, "counted", None))
    page_cache.shared().set(key, page, page_cache.LONGEST_SECONDS)
    return page.response()


def _encoding(request: HttpRequest) -> str:
    """Return the best encoding that the client accepts, or an empty string."""
    accepted = ACCEPTED.findall(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    return next((name for name in COMPRESS if name in accepted), "")


def _key(request: HttpRequest, encoding: str) -> str:
    parts = [request.scheme, request.get_host(), request.path, request.META.get("QUERY_STRING", ""), encoding]
    digest = hashlib.sha256("|".join([*map(str, parts), str("HX-Request" in request.headers)]).encode())
    return f"page:{digest.hexdigest()}"


def _is_cacheable(request: HttpRequest, page: HttpResponse) -> bool:
    return (
        page.status_code == HTTPStatus.OK
        and not page.streaming
        and len(page.content) <= MAX_PAGE_BYTES
        and not page.cookies
        and "CSRF_COOKIE" not in request.META
        and "no-store" not in page.get("Cache-Control", "")
    )
