"""The review page of a proposal, and an article's history, in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.transitions import IllegalTransition
from guide import permissions
from guide.models import Article, ArticleRevision, Proposal
from guide.review.acts import ACTS, is_unreviewed, offers
from guide.review.article_diff import rendered_diff, text_diff
from guide.review.forms import ActForm
from guide.review.refusals import HasFaults, StaleReview
from guide.review.subjects import subject_of

CONFLICT, UNPROCESSABLE = 409, 422
LONGEST_NUMBER = 7  # digits; more revisions than any article will have


def _find(request: HttpRequest, pk: int) -> Proposal:
    """The proposal, for those who may see proposals; others learn nothing."""
    if not permissions.can_see_proposals(request.user):
        raise Http404
    return get_object_or_404(_with_all_shown(Proposal.objects.all()), pk=pk)


def _with_all_shown(found: QuerySet[Proposal]) -> QuerySet[Proposal]:
    return found.select_related("author", "replaces__author", "revision__article__live_revision")


@never_cache
@require_GET
def review(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk))


@never_cache
@require_POST
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Carry out one of ACTS, or show the page again and say why not."""
    proposal, chosen = _find(request, pk), ACTS[name]
    if not chosen.may(request.user, proposal):
        raise PermissionDenied
    form = chosen.form(request.POST, subject=subject_of(proposal), name=name)
    if not form.is_valid():
        return _page(request, proposal, filled={name: form})
    try:
        made = chosen.run(proposal, by=request.user, **form.cleaned_data)
    except (StaleReview, IllegalTransition) as error:
        return _stale_page(request, proposal, str(error))
    except HasFaults as faults:
        return _page(request, proposal, UNPROCESSABLE, faults=faults.args)
    messages.success(request, _said(chosen.said, form.cleaned_data))
    return redirect("admin:guide_proposal_review", made.pk if isinstance(made, Proposal) else proposal.pk)


def _said(said: str, given: dict[str, Any]) -> str:
    if "scheduled_for" not in given:
        return said
    return f"{said} {'It will be published at that time.' if given['scheduled_for'] else 'Readers see it now.'}"


def _stale_page(request: HttpRequest, proposal: Proposal, why: str) -> HttpResponse:
    """What waits now beside what readers see now; nothing was decided."""
    subject = {"model": proposal.model, "object_id": proposal.object_id, "object_id__isnull": False}
    newer = Q(**subject, pk__gt=proposal.pk, state=Proposal.State.SUBMITTED)
    now = _with_all_shown(Proposal.objects.filter(Q(pk=proposal.pk) | newer)).latest("pk")
    return _page(request, now, CONFLICT, stale=why, outdated=proposal if now != proposal else None)


def _page(
    request: HttpRequest,
    proposal: Proposal,
    status: int = 200,
    filled: dict[str, ActForm] | None = None,
    **also: Any,
) -> HttpResponse:
    subject = subject_of(proposal)
    context = {
        **admin.site.each_context(request),
        "title": f"Review: {proposal.revision or proposal}",
        "proposal": proposal,
        "differences": subject.differences(),
        "unreviewed": is_unreviewed(proposal),
        "offers": offers(request.user, proposal, subject, filled or {}),
        "may_edit": permissions.can_write(request.user, proposal.model) and proposal.state in Proposal.OPEN,
        "remarks": proposal.remarks.select_related("by", "proposal"),
        "decisions": proposal.decisions.select_related("by").order_by("decided_at", "pk"),
        **subject.page(),
        **also,
    }
    return render(request, "guide/review/review.html", context, status=status)


@never_cache
@require_GET
def history(request: HttpRequest, article: Article) -> HttpResponse:
    """Every revision of an article, newest first: three queries however many there are."""
    if not permissions.can_see_proposals(request.user):
        raise PermissionDenied
    proposals = Proposal.objects.of_article(article).select_related("revision", "author")
    context = {
        **admin.site.each_context(request),
        "article": article,
        "live": article.live_revision,
        "proposals": proposals.prefetch_related("decisions__by", "remarks__by", "remarks__proposal").order_by("-pk"),
        "may_restore": permissions.can_restore_articles(request.user),
        "title": f"History of “{article.live_revision.title if article.live_revision else article}”",
    }
    return render(request, "guide/review/history.html", context)


@never_cache
@require_GET
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two revisions of an article, the older one first."""
    if not permissions.can_see_proposals(request.user):
        raise PermissionDenied
    article = get_object_or_404(Article.objects.select_related("live_revision"), pk=pk)
    chosen = [_numbered(article, request.GET.get(name, "")) for name in ("old", "new")]
    old, new = sorted(chosen, key=lambda revision: revision.number)
    context = {
        **admin.site.each_context(request),
        "article": article,
        "old": old,
        "new": new,
        "differences": text_diff(old, new),
        **rendered_diff(old, new),
        "title": f"{article}: revisions {old.number} and {new.number}",
    }
    return render(request, "guide/review/compare.html", context)


def _numbered(article: Article, number: str) -> ArticleRevision:
    if not (number.isascii() and number.isdecimal() and len(number) < LONGEST_NUMBER):
        raise Http404
    return get_object_or_404(article.revisions.select_related("author"), number=number)
