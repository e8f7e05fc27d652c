"""A plain queue: the oldest text first, and one decision on the very revision that was read."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from forum.forms import DecisionForm
from forum.models import PostRevision
from forum.moderation import services
from forum.permissions import can_decide_revision, can_moderate

PAGE = 50


@never_cache
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    if not can_moderate(request.user):
        raise Http404
    waiting = PostRevision.objects.waiting_for(request.user).prefetch_related("triage_matches__rule")[:PAGE]
    return render(request, "forum/moderation/queue.html", {"waiting": waiting})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, pk: int) -> HttpResponse:
    revision = get_object_or_404(PostRevision.objects.select_related("post__thread__category", "post__author"), pk=pk)
    if not can_decide_revision(request.user, revision):
        raise Http404
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decide(revision, form.cleaned_data, request)
            return redirect("forum:queue")
        except services.Superseded:
            revision.refresh_from_db()
            return render(request, "forum/moderation/superseded.html", {"revision": revision}, status=409)
    return render(request, "forum/moderation/item.html", {"revision": revision, "form": form})


def decide(revision: PostRevision, chosen: dict[str, str], request: HttpRequest) -> None:
    by, note, reason = request.user, chosen["note"], chosen["reason"]
    if chosen["action"] == "approve":
        services.approve(revision, by=by, note=note)
    elif chosen["action"] == "changes":
        services.ask_for_changes(revision, by=by, reason=reason, note=note)
    else:
        services.reject(revision, by=by, reason=reason, note=note)
