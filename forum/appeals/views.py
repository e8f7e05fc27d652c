"""Members ask for a second look: at a post, at a member, at a decision about their own words."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.permissions import can_block_from_profile
from core.requests import AuthenticatedHttpRequest
from forum.appeals import appeal as appeals
from forum.appeals import reports
from forum.appeals.forms import AppealForm, ReportMemberForm, ReportPostForm
from forum.models import Decision, Post
from forum.permissions import can_appeal_decision, can_moderate, can_report_member, can_report_post


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_post(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.readable_by(request.user).select_related("thread", "author"), pk=pk)
    if not can_report_post(request.user, post):
        raise PermissionDenied
    form = ReportPostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["about"] == "post":
            _, new = reports.report_post(post, by=request.user, **form.said())
        else:
            _, new = reports.report_member(post.author, by=request.user, **form.said())
        return render(request, "forum/appeals/reported.html", {"new": new, "post": post})
    context = {"form": form, "post": post, "moderator": can_moderate(request.user)}
    return render(request, "forum/appeals/report.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_member(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Of members whom one can see or keeps away from: else trying out numbers would tell the names of the hidden."""
    member = get_object_or_404(User.objects.present(), pk=pk)
    if not can_block_from_profile(request.user, member):
        raise Http404
    if not can_report_member(request.user, member):
        raise PermissionDenied
    form = ReportMemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _, new = reports.report_member(member, by=request.user, **form.said())
        return render(request, "forum/appeals/reported.html", {"new": new, "member": member})
    return render(request, "forum/appeals/report.html", {"form": form, "member": member})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    own = Decision.objects.filter(revision__post__author=request.user).select_related("revision__post__thread")
    decision = get_object_or_404(own, pk=pk)
    if not can_appeal_decision(request.user, decision):
        return redirect("forum:my-post", decision.revision.post_id)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        appeals.appeal(decision, by=request.user, text=form.cleaned_data["text"])
        return redirect("forum:my-post", decision.revision.post_id)
    return render(request, "forum/appeals/appeal.html", {"form": form, "decision": decision})
