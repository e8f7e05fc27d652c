"""While an article is written: its preview, what is kept of it, and what may be put into it. Nothing here makes a revision."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import escape
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.params import int_or_none
from core.requests import AuthenticatedHttpRequest
from guide.editor.insert_menu import KINDS
from guide.editor.live_preview import TextTooLong, article_page
from guide.lint.article_notices import PARTS, known, notices
from guide.lint.readability import count_words, grade
from guide.models import Article, SafetyMessage
from guide.permissions import can_write_guide
from guide.review.drafts import AUTOSAVED_FIELDS, autosave, autosave_place, discard_autosave
from guide.text.paste_import import to_markdown

LONGEST_SEARCH = 100
MOST_PASTED = 2_000_000  # characters of HTML; Word adds much to few words


def _writers_only(request: AuthenticatedHttpRequest) -> None:
    if not can_write_guide(request.user):
        raise PermissionDenied


def _article(request: HttpRequest) -> Article | None:
    """The one that the form is about; none for an article to be."""
    pk = request.POST.get("article", "")
    if not pk:
        return None
    return get_object_or_404(Article.objects.select_related("live_revision"), pk=int_or_none(pk))


def _words(request: HttpRequest) -> dict[str, str]:
    return {part: request.POST.get(part, "").replace("\r\n", "\n") for part in PARTS}


def _chosen(request: HttpRequest) -> list[str]:
    """The safety messages that the form names, by primary key."""
    return [pk for pk in request.POST.getlist("safety_messages") if int_or_none(pk) is not None]


def _shown(request: HttpRequest) -> dict[str, Any]:
    try:
        return {"page": article_page(_words(request), _chosen(request))}
    except TextTooLong as error:
        return {"too_long": str(error)}


def _told(request: HttpRequest) -> dict[str, Any]:
    words = _words(request)
    keys = SafetyMessage.objects.filter(pk__in=_chosen(request)).values_list("key", flat=True)
    return {
        "words": count_words(words["in_short"]) + count_words(words["body"]),
        "grade": grade(words["body"]),
        "notices": notices(words, known(keys)),
    }


@never_cache
@require_POST
def preview(request: AuthenticatedHttpRequest) -> HttpResponse:
    """A page of its own, for a browser without scripts; the form stays open in its window."""
    _writers_only(request)
    context = {**admin.site.each_context(request), "title": "As readers will see it", **_told(request)}
    return render(request, "guide/editor/article_preview.html", context | _shown(request))


@never_cache
@require_POST
def preview_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The page alone, after each key: what there is to say of it takes longer, and comes at a pause."""
    _writers_only(request)
    shown = _shown(request)
    return HttpResponse(shown.get("page") or f'<p class="callout warning">{escape(shown["too_long"])}</p>')


@never_cache
@require_POST
def told_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    _writers_only(request)
    return render(request, "guide/editor/_lint_notices.html", _told(request) | {"jumps": True})


@never_cache
@require_POST
def keep_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    """204: kept for this person alone."""
    _writers_only(request)
    words = {name: request.POST.get(name, "") for name in AUTOSAVED_FIELDS}
    try:
        autosave(_article(request), words, begun_from=request.POST.get("begun_from", ""), by=request.user)
    except ValueError as error:
        return HttpResponse(str(error), status=413, content_type="text/plain")
    return HttpResponse(status=204)


@never_cache
@require_POST
def discard(request: AuthenticatedHttpRequest) -> HttpResponse:
    """What was typed and not saved is thrown away, because its writer said so."""
    _writers_only(request)
    article = _article(request)
    discard_autosave(autosave_place(article), by=request.user)
    return redirect("admin:guide_article_change", article.pk) if article else redirect("admin:guide_article_add")


def _choices(request: AuthenticatedHttpRequest, kind: str) -> dict[str, Any]:
    _writers_only(request)
    if kind not in KINDS:
        raise Http404
    name, find = KINDS[kind]
    words = request.GET.get("q", "")[:LONGEST_SEARCH].replace("\x00", "")
    return {"kind": kind, "title": name, "words": words, "choices": find(words)}


@never_cache
@require_GET
def pick(request: AuthenticatedHttpRequest, kind: str) -> HttpResponse:
    """The list with the marks to write, for a browser without scripts."""
    context = {**admin.site.each_context(request), **_choices(request, kind)}
    return render(request, "guide/editor/insert_menu.html", context)


@never_cache
@require_GET
def pick_fragment(request: AuthenticatedHttpRequest, kind: str) -> HttpResponse:
    return render(request, "guide/editor/_choices.html", _choices(request, kind) | {"insert": True})


@never_cache
@require_POST
def paste_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The Markdown of what was copied elsewhere."""
    _writers_only(request)
    html = request.POST.get("html", "")
    if len(html) > MOST_PASTED:
        return HttpResponse("That is too much at once; paste it in pieces.", status=413, content_type="text/plain")
    return HttpResponse(to_markdown(html), content_type="text/plain; charset=utf-8")
