"""The review page of a proposal, and the history and withdrawal of an article, in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.requests import AuthenticatedHttpRequest
from core.transitions import IllegalTransition
from guide import permissions
from guide.models import Article, ArticleRevision, Proposal, ProposalDecision, Remark
from guide.models.review import ARTICLE
from guide.review.actions import ACTIONS, available_actions
from guide.review.diff import content_diff
from guide.review.exceptions import InvalidProposal, StaleReview
from guide.review.forms import ActionForm, RemarkForm, WithdrawalForm
from guide.review.preview import preview
from guide.review.remarks import draft_remark
from guide.review.snapshot import snapshot
from guide.review.subjects import subject_of
from guide.review.withdrawals import end_withdrawal, withdraw_page

CONFLICT, UNPROCESSABLE = 409, 422
MAX_DIGITS = 7  # of a revision number; no article will have more revisions


def _find(request: HttpRequest, pk: int) -> Proposal:
    """Return the proposal. Raises Http404 for users who may not see proposals, so they can't tell whether it exists."""
    if not permissions.can_see_proposals(request.user):
        raise Http404
    return get_object_or_404(_with_related(Proposal.objects.all()), pk=pk)


def _with_related(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    return proposals.select_related("author", "replaces__author", "revision__article__live_revision")


@never_cache
@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk))


@never_cache
@require_POST
def perform(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Perform one of ACTIONS, or show the page again with the reason why not."""
    proposal, action = _find(request, pk), ACTIONS[name]
    if not action.step.is_allowed(request.user, proposal):
        raise PermissionDenied
    form = action.form_class(request.POST, subject=subject_of(proposal), name=name)
    if not form.is_valid():
        return _page(request, proposal, invalid_forms={name: form})
    try:
        result = action.step(proposal, by=request.user, **form.cleaned_data)
    except (StaleReview, IllegalTransition) as error:
        return _stale_page(request, proposal, str(error))
    except (InvalidProposal, ValueError) as error:
        return _page(request, proposal, UNPROCESSABLE, errors=error.args)
    messages.success(request, _success_message(action.success_message, form.cleaned_data))
    return redirect(_url(result if isinstance(result, Proposal) else proposal))


def _success_message(message: str, data: dict[str, Any]) -> str:
    if "scheduled_for" not in data:
        return message
    return f"{message} {'It will be published at that time.' if data['scheduled_for'] else 'Readers see it now.'}"


def _stale_page(request: HttpRequest, proposal: Proposal, why: str) -> HttpResponse:
    """Show the proposal that now waits for review against what readers see now; nothing was decided."""
    subject = {"model": proposal.model, "object_id": proposal.object_id, "object_id__isnull": False}
    newer = Q(**subject, pk__gt=proposal.pk, state=Proposal.State.SUBMITTED)
    now = _with_related(Proposal.objects.filter(Q(pk=proposal.pk) | newer)).latest("pk")
    return _page(request, now, CONFLICT, stale=why, outdated=proposal if now != proposal else None)


def _page(
    request: HttpRequest,
    proposal: Proposal,
    status: int = 200,
    invalid_forms: dict[str, ActionForm] | None = None,
    **also: Any,
) -> HttpResponse:
    subject = subject_of(proposal)
    context = {
        **admin.site.each_context(request),
        "title": f"Review: {proposal.revision or proposal}",
        "proposal": proposal,
        "unreviewed": proposal.is_unreviewed,
        "actions": available_actions(request.user, proposal, subject, invalid_forms or {}),
        "may_edit": permissions.can_write(request.user, proposal.model) and proposal.state in Proposal.OPEN,
        "remarks": proposal.sent_remarks,
        **_remark_panel(request, proposal),
        "decisions": proposal.decisions.with_signers().order_by("decided_at", "pk"),
        **subject.page(),
        **also,
    }
    return render(request, "guide/review/review.html", context, status=status)


def _remark_panel(request: HttpRequest, proposal: Proposal, form: RemarkForm | None = None) -> dict[str, Any]:
    """Return the reviewer's own drafts of remarks and a form for another; nothing for everyone else."""
    if not draft_remark.is_available(request.user, proposal):
        return {}
    return {
        "remark_form": form or RemarkForm(subject=subject_of(proposal)),
        "remark_drafts": proposal.remarks.drafts_by(request.user).select_related("proposal"),
    }


@never_cache
@require_POST
def add_remark(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Keep a remark as the reviewer's draft."""
    proposal = _find(request, pk)
    if not draft_remark.is_allowed(request.user, proposal):
        raise PermissionDenied
    form = RemarkForm(request.POST, subject=subject_of(proposal))
    if not form.is_valid():
        return _remarks_or_page(request, proposal, form)
    try:
        draft_remark(proposal, by=request.user, **form.cleaned_data)
    except IllegalTransition as error:
        return _stale_page(request, proposal, str(error))
    return _remarks_or_page(request, proposal)


@never_cache
@require_POST
def discard_remark(request: AuthenticatedHttpRequest, pk: int, remark: int) -> HttpResponse:
    """Delete a draft of a remark."""
    proposal = _find(request, pk)
    get_object_or_404(proposal.remarks.drafts_by(request.user), pk=remark).delete()
    return _remarks_or_page(request, proposal)


def _remarks_or_page(
    request: AuthenticatedHttpRequest, proposal: Proposal, form: RemarkForm | None = None
) -> HttpResponse:
    """Answer HTMX with the reviewer's remarks; else redirect to the page, or show the form with its errors."""
    panel = _remark_panel(request, proposal, form)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "guide/review/_remark_drafts.html", {"proposal": proposal, **panel})
    return _page(request, proposal, **panel) if form else redirect(f"{_url(proposal)}#remark-drafts")


def _url(proposal: Proposal) -> str:
    return reverse("admin:guide_proposal_review", args=[proposal.pk])


@never_cache
@require_safe
def history(request: HttpRequest, article: Article) -> HttpResponse:
    """List every revision of an article, newest first."""
    if not permissions.can_see_proposals(request.user):
        raise PermissionDenied
    proposals = Proposal.objects.of_article(article).select_related("revision", "author")
    signed = Prefetch("decisions", ProposalDecision.objects.with_signers())
    remarks = Prefetch("remarks", Remark.objects.sent().select_related("by", "proposal"))
    context = {
        **admin.site.each_context(request),
        "article": article,
        "live": article.live_revision,
        "proposals": proposals.prefetch_related(signed, remarks).order_by("-pk"),
        "withdrawals": article.withdrawals.select_related("by", "ended_by", "instead"),
        "may_restore": permissions.can_restore(request.user, Proposal(model=ARTICLE)),
        "may_withdraw": permissions.can_withdraw_article(request.user),
        "title": f"History of “{article.live_revision.title if article.live_revision else article}”",
    }
    return render(request, "guide/review/history.html", context)


@never_cache
@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare two revisions of an article, the older one first."""
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
        "differences": content_diff(ArticleRevision, snapshot(old), snapshot(new)),
        "page": preview(ARTICLE, snapshot(new), article.pk, snapshot(old)),
        "title": f"{article}: revisions {old.number} and {new.number}",
    }
    return render(request, "guide/review/compare.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_article(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Take a page down."""
    if not permissions.can_withdraw_article(request.user):
        raise PermissionDenied
    article = get_object_or_404(Article.objects.published(), pk=pk)
    form = WithdrawalForm(request.POST or None, article=article)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_page(article, by=request.user, **form.cleaned_data)
        except IllegalTransition as error:  # someone else was faster
            messages.warning(request, str(error))
        else:
            messages.success(request, "Taken down. You can bring it back at any time.")
        return redirect("admin:guide_article_history", pk)
    title = f"Take down “{article.live.title}”"
    context = {**admin.site.each_context(request), "article": article, "form": form, "title": title}
    return render(request, "guide/review/withdraw.html", context)


@never_cache
@require_POST
def return_article(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Bring a page back that was taken down."""
    if not permissions.can_withdraw_article(request.user):
        raise PermissionDenied
    article = get_object_or_404(Article, pk=pk)
    try:
        end_withdrawal(article, by=request.user)
    except IllegalTransition as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "The page is back.")
    return redirect("admin:guide_article_history", pk)


def _numbered(article: Article, number: str) -> ArticleRevision:
    if not (number.isascii() and number.isdecimal() and len(number) < MAX_DIGITS):
        raise Http404
    return get_object_or_404(article.revisions.select_related("author"), number=number)
