"""Tools of the forms: preview and lint of articles; autosave, insert menu and paste also for rows. None writes a revision."""

from contextlib import suppress
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.params import int_or_none
from core.requests import AuthenticatedHttpRequest
from guide.editor.insert_menu import KINDS
from guide.lint.article_notices import PARTS, notices
from guide.lint.readability import count_words, grade
from guide.models import Article
from guide.pages.references import known_references
from guide.permissions import can_write_guide
from guide.review.autosaves import autosave, discard_autosave, form_url, is_place, require_writer
from guide.review.live_preview import article_page
from guide.text.markdown import TextTooLong
from guide.text.paste_import import convert

MAX_QUERY = 100
MAX_PASTED = 2_000_000  # characters of HTML; Word adds a lot of markup


def _require_writer(request: AuthenticatedHttpRequest) -> None:
    if not can_write_guide(request.user):
        raise PermissionDenied


def _place(request: AuthenticatedHttpRequest) -> str:
    """Return the place of the posted form, which the user may write."""
    place = request.POST.get("place", "")
    require_writer(place, request.user)
    if not is_place(place):
        raise Http404
    return place


def _text(request: HttpRequest) -> dict[str, str]:
    return {part: request.POST.get(part, "").replace("\r\n", "\n") for part in PARTS}


def autosave_refused(request: AuthenticatedHttpRequest, place: str) -> None:
    """Autosave a form that could not be saved. If it is too long for that, the page that is shown still contains it."""
    with suppress(ValueError):
        autosave(place, request.POST, by=request.user)


def _safety_messages(request: HttpRequest) -> list[int]:
    """Return the primary keys of the safety messages chosen in the form."""
    return [pk for pk in map(int_or_none, request.POST.getlist("safety_messages")) if pk is not None]


def _preview(request: HttpRequest) -> dict[str, Any]:
    try:
        return {"page": article_page(_text(request), _safety_messages(request))}
    except TextTooLong as error:
        return {"too_long": str(error)}


def _lint(request: HttpRequest) -> dict[str, Any]:
    text = _text(request)
    articles = Article.objects.filter(pk=int_or_none(request.POST.get("place", "").removeprefix("article ")) or 0)
    shown_now = articles.values_list("live_revision__safety_messages", flat=True).first() or []
    return {
        "words": count_words(text["in_short"]) + count_words(text["body"]),
        "grade": grade(text["body"]),
        "notices": notices(text, known_references(_safety_messages(request), shown_now)),
    }


@never_cache
@require_POST
def preview(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the preview as a page in a new window, for browsers without JavaScript."""
    _require_writer(request)
    context = {**admin.site.each_context(request), "title": "As readers will see it", **_lint(request)}
    return render(request, "guide/editor/article_preview.html", context | _preview(request))


@never_cache
@require_POST
def preview_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Return the page alone. It is requested after each keystroke; linting takes longer and waits for a pause."""
    _require_writer(request)
    result = _preview(request)
    return HttpResponse(result.get("page") or f'<p class="callout warning">{escape(result["too_long"])}</p>')


@never_cache
@require_POST
def lint_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    _require_writer(request)
    return render(request, "guide/editor/_lint_notices.html", _lint(request) | {"jumps": True})


@never_cache
@require_POST
def autosave_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Autosave the form for this user alone; answers 204."""
    try:
        autosave(_place(request), request.POST, by=request.user)
    except ValueError as error:
        return HttpResponse(str(error), status=413, content_type="text/plain")
    return HttpResponse(status=204)


@never_cache
@require_POST
def discard(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Discard this user's autosave."""
    place = _place(request)
    discard_autosave(place, by=request.user)
    return redirect(form_url(place))


def _choices(request: AuthenticatedHttpRequest, kind: str) -> dict[str, Any]:
    _require_writer(request)
    if kind not in KINDS:
        raise Http404
    title, search = KINDS[kind]
    query = request.GET.get("q", "")[:MAX_QUERY].replace("\x00", "")
    return {"kind": kind, "title": title, "query": query, "choices": search(query)}


@never_cache
@require_safe
def insert_menu(request: AuthenticatedHttpRequest, kind: str) -> HttpResponse:
    """List what can be inserted with the marks to type, for browsers without JavaScript."""
    context = {**admin.site.each_context(request), **_choices(request, kind)}
    return render(request, "guide/editor/insert_menu.html", context)


@never_cache
@require_safe
def insert_menu_fragment(request: AuthenticatedHttpRequest, kind: str) -> HttpResponse:
    return render(request, "guide/editor/_choices.html", _choices(request, kind) | {"insert": True})


@never_cache
@require_POST
def paste_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Convert pasted HTML to Markdown, with a line that says what was left out."""
    _require_writer(request)
    html = request.POST.get("html", "")
    if len(html) > MAX_PASTED:
        return HttpResponse(
            "That’s too much at once. Please paste it in smaller pieces.", status=413, content_type="text/plain"
        )
    return JsonResponse(convert(html)._asdict())
