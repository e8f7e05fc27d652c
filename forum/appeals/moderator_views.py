"""Moderators' views: reports, appeals, removed posts, posts published before review, and trust."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.requests import AuthenticatedHttpRequest
from forum.appeals import resolution
from forum.appeals.forms import AnswerForm, CloseReportForm, TrustForm
from forum.models import Appeal, Post, PostRevision, Report, ReviewItem
from forum.moderation import post_removal
from forum.moderation.access import moderator_required
from forum.moderation.item_actions import actions_for, form_for
from forum.moderation.item_context import context_for
from forum.moderation.item_views import MATCHES, RELATED
from forum.moderation.trust import end_trust, give_trust
from forum.permissions import (
    can_answer_appeal,
    can_decide_report,
    can_remove_post,
    can_trust_member,
)

PAGE = 50


@moderator_required
@require_safe
def removed(request: AuthenticatedHttpRequest) -> HttpResponse:
    posts = (
        Post.objects.visible_to_moderator(request.user)
        .filter(state__in=[Post.State.REMOVED, Post.State.HIDDEN])
        .order_by("-pk")[:PAGE]
    )
    return render(request, "forum/moderation/removed.html", {"posts": posts})


@moderator_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Report.objects.select_related("post__thread__category", "post__author", "member"), pk=pk)
    if not can_decide_report(request.user, found):
        raise Http404
    removable = found.post is not None and can_remove_post(request.user, found.post)
    open_reports = Report.objects.on_same_subject(found).open().order_by("pk")
    about_author = any(one.about_author for one in open_reports)
    form = CloseReportForm(
        request.POST or None, about_post=found.post is not None, removable=removable, about_author=about_author
    )
    if request.method == "POST" and form.is_valid():
        resolution.decide_report(found, by=request.user, **form.cleaned_data)
        return redirect("forum:review-queue")
    context = {"report": found, "open_reports": open_reports, "form": form}
    context |= _claim_context(request, kind=ReviewItem.Kind.REPORT, post=found.post_id, member=found.member_id)
    return render(request, "forum/appeals/review_report.html", context)


@moderator_required
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Appeal.objects.select_related("decision__revision__post__thread__category"), pk=pk)
    if not can_answer_appeal(request.user, found):
        raise Http404
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        overturn, answer = form.cleaned_data["outcome"] == "overturn", form.cleaned_data["answer"]
        resolution.answer_appeal(found, by=request.user, overturn=overturn, answer=answer)
        return redirect("forum:review-queue")
    context = {"appeal": found, "form": form} | _claim_context(request, kind=ReviewItem.Kind.APPEAL, appeal=found.pk)
    return render(request, "forum/appeals/review_appeal.html", context)


def _claim_context(request: AuthenticatedHttpRequest, **which: Any) -> dict[str, Any]:
    """The open queue item with what its page shows, and whether a colleague has claimed it."""
    item = ReviewItem.objects.open().filter(**which).select_related(*RELATED).prefetch_related(*MATCHES).first()
    if item is None:
        return {"item": None, "claimed_by_other": False}
    actions = [(action, form_for(action, item, request.user)) for action in actions_for(item, request.user)]
    context = context_for(item) | {"actions": actions, "bound_forms": {}}
    return context | {"claimed_by_other": item.claimed_by_another(request.user)}


@moderator_required
@require_POST
def keep_shown(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    visible = Post.objects.visible_to_moderator(request.user)
    post_removal.keep_shown(get_object_or_404(PostRevision, pk=pk, post__in=visible), by=request.user)
    return redirect("forum:review-queue")


@moderator_required
@require_http_methods(["GET", "HEAD", "POST"])
def member_trust(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(User.objects.present(), pk=pk)
    if not can_trust_member(request.user, member):
        raise Http404
    form = TrustForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        give_trust(member, by=request.user, reason=form.cleaned_data["reason"])
        return redirect("forum:trust", member.pk)
    given = member.trusts.select_related("by", "ended_by").order_by("-pk")
    context = {"member": member, "given": given, "trusted": given.in_force().exists(), "form": form}
    return render(request, "forum/moderation/trust.html", context)


@moderator_required
@require_POST
def end_member_trust(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(User.objects.present(), pk=pk)
    end_trust(member, by=request.user)
    return redirect("forum:trust", member.pk)
