"""Members' views: report a post or a member, appeal against a decision."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.permissions import can_block_from_profile
from core.requests import AuthenticatedHttpRequest
from forum.appeals import reports
from forum.appeals.appeal import appeal
from forum.appeals.forms import AppealForm, ReportMemberForm, ReportPostForm
from forum.appeals.report_limits import is_within_limit
from forum.models import Decision, Post, Report
from forum.permissions import can_appeal_decision, can_moderate, can_report_member, can_report_post
from forum.triage.author_advice import help_for_reporter


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_post(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.readable_by(request.user).select_related("thread", "author"), pk=pk)
    if not can_report_post(request.user, post):
        raise PermissionDenied
    form = ReportPostForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and is_within_limit(request, form):
        if form.cleaned_data["about"] == "post":
            report, new = reports.report_post(post, by=request.user, **form.report_fields())
        else:
            report, new = reports.report_author(post, by=request.user, **form.report_fields())
        return _reported(request, report, new=new, post=post)
    context = {"form": form, "post": post, "moderator": can_moderate(request.user)}
    return render(request, "forum/appeals/report.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_member(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """404 unless the reporter can see or has blocked the member, so that guessing keys does not reveal hidden names."""
    member = get_object_or_404(User.objects.present(), pk=pk)
    if not can_block_from_profile(request.user, member):
        raise Http404
    if not can_report_member(request.user, member):
        raise PermissionDenied
    form = ReportMemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and is_within_limit(request, form):
        report, new = reports.report_member(member, by=request.user, **form.report_fields())
        return _reported(request, report, new=new, member=member)
    return render(request, "forum/appeals/report.html", {"form": form, "member": member})


def _reported(request: AuthenticatedHttpRequest, report: Report, **context: Any) -> HttpResponse:
    context |= {"help_lines": help_for_reporter(report, request.user)}
    return render(request, "forum/appeals/reported.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appeal_decision(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    own = Decision.objects.filter(revision__post__author=request.user).select_related("revision__post__thread")
    decision = get_object_or_404(own, pk=pk)
    if not can_appeal_decision(request.user, decision):
        return redirect("forum:my-post", decision.revision.post_id)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        appeal(decision, by=request.user, text=form.cleaned_data["text"])
        return redirect("forum:my-post", decision.revision.post_id)
    return render(request, "forum/appeals/appeal.html", {"form": form, "decision": decision})
