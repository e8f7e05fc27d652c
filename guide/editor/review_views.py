"""From a draft to what readers see, in the admin: each page fetches, asks one permission, binds a form, calls one service."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.params import INTEGER_DIGITS, int_or_none
from core.requests import AuthenticatedHttpRequest
from guide import permissions, services
from guide.editor.review_forms import ApprovalForm, ReasonForm, RemarkForms, SendBackForm, SigningForm, remarks_of
from guide.models import Article, ArticleRevision
from guide.review.article_diff import cited_sources, compare, open_remarks, story_of, unreviewed

CONFLICT = 409


def _revision(request: HttpRequest, pk: int) -> ArticleRevision:
    """For those who may see the history; others learn nothing."""
    if not permissions.can_see_history(request.user):
        raise PermissionDenied
    return get_object_or_404(ArticleRevision.objects.select_related("article__live_revision", "author"), pk=pk)


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"admin/guide/{template}", {**admin.site.each_context(request), **context}, status=status)


def _done(request: HttpRequest, words: str, article_id: int) -> HttpResponse:
    messages.success(request, words)
    return redirect("admin:guide_article_history", article_id)


@never_cache
@require_http_methods(["GET", "POST"])
def review(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    revision = _revision(request, pk)
    if request.method == "GET":
        return _review_page(request, revision)
    if not permissions.can_review_revision(request.user, revision):
        raise PermissionDenied
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        return _review_page(request, revision, approval=form)
    words = {"checked": form.cleaned_data["checked"], "live_at": form.cleaned_data["live_at"]}
    try:
        services.approve_revision(revision, by=request.user, read_against=form.cleaned_data["live"], **words)
    except (services.ReadAnew, services.IllegalMove):
        return _read_anew(request, revision)
    when = "Readers see it from the time you chose." if words["live_at"] else "Readers see it now."
    return _done(request, f"Approved. {when}", revision.article_id)


@never_cache
@require_POST
def send_back(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    revision = _revision(request, pk)
    if not permissions.can_review_revision(request.user, revision):
        raise PermissionDenied
    form, remarks = SendBackForm(request.POST), RemarkForms(request.POST, prefix="remark")
    if not (form.is_valid() and remarks.is_valid()):
        return _review_page(request, revision, sending_back=form, remarks=remarks)
    said = {"reason": form.cleaned_data["reason"], "comments": remarks_of(remarks)}
    try:
        services.send_back_revision(revision, by=request.user, read_against=form.cleaned_data["live"], **said)
    except (services.ReadAnew, services.IllegalMove):
        return _read_anew(request, revision)
    except ValueError as error:
        form.add_error("reason", str(error))
        return _review_page(request, revision, sending_back=form, remarks=remarks)
    return _done(request, "Sent back with what you wrote.", revision.article_id)


def _review_page(
    request: AuthenticatedHttpRequest, revision: ArticleRevision, status: int = 200, **given: Any
) -> HttpResponse:
    live = revision.article.live_revision
    live_pk = {"live": live.pk if live else None}
    forms = {
        "approval": ApprovalForm(initial=live_pk),
        "sending_back": SendBackForm(initial=live_pk),
        "remarks": RemarkForms(prefix="remark"),
        "urgency": ReasonForm(),
    }
    before = live if live and live != revision else _before(revision)
    context = {"title": f"Review: {revision}", "revision": revision, "live": live, **compare(before, revision)}
    context |= {"sources": cited_sources(revision), "comments": open_remarks(revision)}
    context |= {"unreviewed": unreviewed(revision), **_may(request, revision), **forms, **given}
    return _page(request, "review.html", context, status)


def _before(revision: ArticleRevision) -> ArticleRevision | None:
    """What a text that is live already took the place of, or near enough: the last approved one before it."""
    older = revision.article.revisions.filter(state="approved", live_at=None, number__lt=revision.number)
    return older.order_by("-number").first()


def _may(request: AuthenticatedHttpRequest, revision: ArticleRevision) -> dict[str, bool]:
    """What this person may do with it in the state it is in."""
    user, state = request.user, revision.state
    reviews = permissions.can_review_revision(user, revision)
    open_ = state in ("draft", "submitted", "sent-back")
    return {
        "may_approve": reviews and (state == "submitted" or revision.is_live),
        "may_send_back": reviews and state == "submitted",
        "may_submit": state in ("draft", "sent-back") and permissions.can_submit_revision(user, revision),
        "may_take_back": state == "submitted" and permissions.can_take_back_revision(user, revision),
        "may_hurry": open_ and permissions.can_publish_urgently(user, revision),
        "may_sign": permissions.can_sign_revision(user, revision),
    }


def _read_anew(request: AuthenticatedHttpRequest, revision: ArticleRevision) -> HttpResponse:
    """What waits now, beside what readers see now; nothing was decided."""
    newer = Q(article=revision.article_id, number__gt=revision.number, state="submitted")
    rows = ArticleRevision.objects.select_related("article__live_revision", "author")
    now = rows.filter(Q(pk=revision.pk) | newer).latest("number")
    return _review_page(request, now, CONFLICT, outdated=revision)


def _act(
    request: AuthenticatedHttpRequest, pk: int, may: Callable[..., bool], act: Callable[..., Any], words: str
) -> HttpResponse:
    revision = _revision(request, pk)
    if not may(request.user, revision):
        raise PermissionDenied
    try:
        act(revision, by=request.user)
    except services.TextHasFaults as faults:
        return _review_page(request, revision, 422, faults=faults.args)
    except services.IllegalMove:
        return _read_anew(request, revision)
    return _done(request, words, revision.article_id)


@never_cache
@require_POST
def submit(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    words = "Sent for review. Readers see it once somebody else has approved it."
    return _act(request, pk, permissions.can_submit_revision, services.submit_revision, words)


@never_cache
@require_POST
def take_back(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    words = "It is a draft again."
    return _act(request, pk, permissions.can_take_back_revision, services.take_back_revision, words)


@never_cache
@require_POST
def urgent(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _review_page(request, _revision(request, pk), urgency=form)

    def act(revision: ArticleRevision, **by: Any) -> None:
        services.publish_urgently(revision, reason=form.cleaned_data["reason"], **by)

    words = "Readers see it now. The page says that nobody has reviewed it, until somebody does."
    return _act(request, pk, permissions.can_publish_urgently, act, words)


@never_cache
@require_http_methods(["GET", "POST"])
def sign(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    revision = _revision(request, pk)
    if not permissions.can_sign_revision(request.user, revision):
        raise PermissionDenied
    form = SigningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.sign_revision(revision, by=request.user)
        return _done(request, "Signed. The page now says who reviewed it, and when.", revision.article_id)
    return _page(request, "sign.html", {"revision": revision, "form": form, "title": "Sign"})


@never_cache
@require_GET
def history(request: HttpRequest, article: Article) -> HttpResponse:
    if not permissions.can_see_history(request.user):
        raise PermissionDenied
    live = article.live_revision
    context = {"article": article, "live": live, "revisions": story_of(article.pk)}
    may = {"may_roll_back": permissions.can_roll_back(request.user, article)}
    return _page(
        request, "history.html", {**context, **may, "title": f"History of “{live.title if live else article}”"}
    )


@never_cache
@require_GET
def compare_two(request: HttpRequest, pk: int) -> HttpResponse:
    if not permissions.can_see_history(request.user):
        raise PermissionDenied
    article = get_object_or_404(Article.objects.select_related("live_revision"), pk=pk)
    old, new = (_numbered(article, request.GET.get(name, "")) for name in ("old", "new"))
    old, new = sorted((old, new), key=lambda revision: revision.number)
    context = {"article": article, "title": f"{article}: revisions {old.number} and {new.number}"}
    return _page(request, "compare.html", {**context, **compare(old, new)})


def _numbered(article: Article, number: str) -> ArticleRevision:
    known = int_or_none(number, digits=INTEGER_DIGITS)
    return get_object_or_404(article.revisions.select_related("author"), number=known)


@never_cache
@require_http_methods(["GET", "POST"])
def roll_back(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    revision = _revision(request, pk)
    if not permissions.can_roll_back(request.user, revision.article):
        raise PermissionDenied
    if not revision.decisions.that_made_it_live().exists():
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.roll_back(revision.article, revision, by=request.user, reason=form.cleaned_data["reason"])
        return _done(request, "Readers see the earlier text now, as a new revision.", revision.article_id)
    context = {"revision": revision, "form": form, "title": f"Bring back {revision}"}
    return _page(request, "roll_back.html", {**context, **compare(revision.article.live_revision, revision)})
