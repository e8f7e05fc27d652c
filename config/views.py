"""Views of the whole site: start page, search, help lines and other read-only pages."""

import sys
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from accounts.site_settings import site_name
from config.admin_site import guide_fields
from forum.models import Category
from forum.oversight import open_figures
from forum.oversight.monthly_counts import last_month
from forum.oversight.suppression import MIN_COUNT
from forum.search import query as forum_search
from forum.search.forms import SearchForm
from forum.threads.listings import latest_by_category
from forum.triage.crisis_queries import is_crisis
from guide.analytics import page_views
from guide.models import Article
from guide.open_data import api_views
from guide.pages import help_line_data, site_pages
from guide.pages.article_context import pages_by_section
from guide.pages.blocks import numbered_block
from guide.search import query as guide_search
from guide.text.crisis_words import may_be_in_danger

AUDIENCES = [
    # icon, who, what they look for, article slug
    ("book", "I’m thinking about it", "What it does, and what to know before a first dose", "before-you-start"),
    ("pill", "I take it", "Missed doses, alcohol, side effects, when to call", "taking-it"),
    ("people", "Someone I love", "How to help, and what to do in an emergency", "for-family-and-friends"),
    ("shield", "I’m a clinician", "Trial results, label facts, where sources disagree", "for-clinicians"),
]
HOME_THREADS = 5


def site_context(request: HttpRequest) -> dict[str, Any]:
    return {
        "SITE_NAME": SimpleLazyObject(site_name),
        "LEAVE_ADDRESS": settings.LEAVE_ADDRESS,
        "canonical": request.build_absolute_uri(request.path),
        "has_session": settings.SESSION_COOKIE_NAME in request.COOKIES,
    }


OUTAGES = (OperationalError, InterfaceError, RedisError)
POST_FORM_VIEWS = {"forum:new-thread", "forum:reply", "forum:edit-post"}
CROSS_SITE_REASONS = ("Origin checking failed", "Referer checking failed")  # prefixes of Django's reasons


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Handle a CSRF failure, usually caused by logging in again in another tab.

    For forms where people write, show the text again in a fresh form, which they must submit themselves. Don't do so
    for a cross-site request, whose text is not theirs.
    """
    match = request.resolver_match
    same_site = not reason.startswith(CROSS_SITE_REASONS)
    typed = request.POST if same_site and match and match.view_name in POST_FORM_VIEWS else None
    edited = guide_fields(request) if same_site else []
    return render(request, "403_csrf.html", {"typed": typed, "edited": edited}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show an error page with help lines. While the database or the cache for rate limits is down, ask to try again.

    Whatever is rate limited, such as a login, is refused while attempts can't be counted.
    """
    if isinstance(sys.exc_info()[1], OUTAGES):
        return HttpResponse(get_template("503.html").render(), status=503, headers={"Retry-After": "30"})
    return defaults.server_error(request)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    sections = pages_by_section(list(Article.objects.published().without_texts().in_reading_order()))
    talk = latest_by_category()[:HOME_THREADS]
    context = {"sections": sections, "audiences": AUDIENCES, "talk": talk}
    context["takes_questions"] = Category.objects.filter(for_visitors=True).exists()
    return render(request, "home.html", context)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search the guide, or with `in=forum` the forum. A search about a life in danger gets help and no results."""
    if is_crisis(forum_search.clean(request.GET.get("q", ""))):
        response = _help_instead_of_results(request)
    else:
        response = (_search_forum if request.GET.get("in") == "forum" else _search_guide)(request)
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
def _help_instead_of_results(request: HttpRequest) -> HttpResponse:
    """Neither cached nor counted among the searches that found nothing."""
    return render(request, "search_in_crisis.html", {"query": forum_search.clean(request.GET.get("q", ""))})


def _search_guide(request: HttpRequest) -> HttpResponse:
    answer = guide_search.search(request.GET.get("q", ""))
    nearest = (
        Article.objects.published().without_texts().in_reading_order()[:6] if answer.query and not answer.places else []
    )
    shown = answer.entries if request.GET.get("all") else answer.entries[: guide_search.FIRST]
    context = {
        "answer": answer,
        "exact": shown[: answer.exact],
        "partial": shown[answer.exact :],
        "more": len(answer.entries) - len(shown),
        "nearest": nearest,
        "urgent": may_be_in_danger(request.GET.get("q", "")),
    }
    return page_views.mark_search(render(request, "search.html", context), answer.query, found=bool(answer.places))


@never_cache
def _search_forum(request: HttpRequest) -> HttpResponse:
    """Search the forum. Never cached, not for visitors either: a removed post must disappear at once."""
    user, query = request.user, forum_search.clean(request.GET.get("q", ""))
    categories = forum_search.searchable_categories(user)
    form = SearchForm(
        request.GET, categories=categories, find_author=lambda name: forum_search.author_by_name(name, user)
    )
    found = forum_search.search(form.criteria(), user) if form.is_valid() else None
    context = {"form": form, "query": query, "found": found, "urgent": may_be_in_danger(query)}
    return render(request, "forum/search/search.html", context)


@require_safe
def search_suggestions(request: HttpRequest) -> HttpResponse:
    query = forum_search.clean(request.GET.get("q", ""))
    crisis = is_crisis(query)
    entries = [] if crisis else guide_search.suggest(query)
    context = {"entries": entries, "crisis": crisis, "urgent": may_be_in_danger(query)}
    return render(request, "components/_suggestions.html", context)


@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    lines, sources = numbered_block("helplines")
    return render(request, "help_now.html", {"lines": lines, "sources": sources})


@require_safe
def site_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a page about the site, such as Privacy."""
    return render(request, "site_page.html", {"page": site_pages.site_page(slug)})


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """Explain every field of the open files and the addresses of the API, whose description has its fields."""
    context = {
        "file_fields": help_line_data.FIELDS,
        "line_fields": help_line_data.LINE_FIELDS,
        "figure_fields": open_figures.FIELDS,
        "figure_tables": open_figures.TABLES,
        "least": MIN_COUNT,
        "month": last_month(),
        "api_addresses": api_views.addresses(),
    }
    return render(request, "open_data.html", context)


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "offline.html")


@require_safe
def offline_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker at an address that never changes, where browsers check for a new version."""
    script = settings.ROOT / "static" / "js" / "offline-worker.js"
    return HttpResponse(script.read_bytes(), content_type="text/javascript; charset=utf-8")


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Say what the button "Leave quickly" does, and what it can't do."""
    return render(request, "leave.html", {"leave_host": urlsplit(settings.LEAVE_ADDRESS).hostname})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /guide/*/feedback/", "Disallow: /guide/help-line/"]
    sitemap = request.build_absolute_uri("/sitemap.xml")
    return HttpResponse("\n".join([*lines, f"Sitemap: {sitemap}", ""]), content_type="text/plain")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say where to report a vulnerability (RFC 9116). 404 unless the owner has set an address."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = timezone.now() + timedelta(days=180)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {request.build_absolute_uri(request.path)}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
def change_password(request: HttpRequest) -> HttpResponse:
    """Take password managers to the page for a new password (W3C, A Well-Known URL for Changing Passwords)."""
    return redirect("account_change_password")


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    icon = {"src": static("img/icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    colors = {"background_color": "#FBF9F5", "theme_color": "#0B565C"}
    name = site_name()
    page = {"name": name, "short_name": name, **colors, "start_url": "/", "display": "minimal-ui", "icons": [icon]}
    return JsonResponse(page, content_type="application/manifest+json")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Redirect browsers that request /favicon.ico on pages without an icon link, such as the admin's."""
    return redirect(static("img/icon.svg"))
