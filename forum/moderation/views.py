"""A plain queue: the oldest text first, and one decision on the very revision that was read."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from forum.models import PostRevision, ReviewItem
from forum.permissions import can_moderate

PAGE = 50


@never_cache
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    if not can_moderate(request.user):
        raise Http404
    waiting = PostRevision.objects.waiting_for(request.user).prefetch_related("triage_matches__rule")[:PAGE]
    return render(request, "forum/moderation/queue.html", {"waiting": waiting})


@never_cache
@require_safe
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """The row of the queue that asks, or last asked, about this text."""
    if not can_moderate(request.user):
        raise Http404
    found = ReviewItem.objects.for_moderator(request.user).filter(revision=pk).order_by("-state", "-pk").first()
    if found is None:
        raise Http404
    return redirect("forum:item", found.pk)
