"""Moderators' views: removed posts, and trust."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.requests import AuthenticatedHttpRequest
from forum.appeals.forms import TrustForm
from forum.models import Post
from forum.moderation.access import moderator_required
from forum.moderation.trust import end_trust, give_trust
from forum.permissions import can_trust_member

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
