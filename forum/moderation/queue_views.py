"""The one queue: what waits, who is at it, and the best next item for somebody with ten minutes."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.requests import AuthenticatedHttpRequest
from forum.models import Decision, ReviewItem
from forum.moderation import bulk, claims
from forum.moderation import undo as undoing
from forum.moderation.access import for_moderators
from forum.moderation.queue import Chosen, choices, counts, page_of_rows, reports_on
from forum.permissions import can_lead_team
from guide.dashboard.handbook import handbook

MODERATORS_HANDBOOK = "moderators.md"


@for_moderators
@require_safe
def queue(request: AuthenticatedHttpRequest) -> HttpResponse:
    chosen = Chosen.from_query(request.GET)
    rows, more = page_of_rows(chosen, request.user)
    kept = request.GET.copy()
    kept.pop("after", None)
    context = {"rows": rows, "more": more, "chosen": chosen, "counts": counts(request.user), "kept": kept.urlencode()}
    context |= {"undoable": undoing.last_undoable(request.user), "reported": reports_on(rows)}
    context["lead"] = can_lead_team(request.user)
    return render(request, "forum/moderation/queue.html", context | choices() | bulk.opened(rows, request.user))


@for_moderators
@require_safe
def counts_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    return render(request, "forum/moderation/_counts.html", {"counts": counts(request.user)})


@for_moderators
@require_safe
def item(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """The row of the queue that asks, or last asked, about this text."""
    found = ReviewItem.objects.for_moderator(request.user).filter(revision=pk).order_by("-state", "-pk").first()
    if found is None:
        raise Http404
    return redirect("forum:review-item", found.pk)


@for_moderators
@require_POST
def next_item(request: AuthenticatedHttpRequest) -> HttpResponse:
    found = claims.next_for(request.user)
    if found is None:
        messages.info(request, "Nothing waits that nobody is at. Thank you.")
        return redirect("forum:review-queue")
    return redirect("forum:review-item", found.pk)


@for_moderators
@require_POST
def claim(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """From the list, or again and again while the item's page is open."""
    claims.claim(_item(pk), by=request.user)
    return HttpResponse(status=204) if request.headers.get("X-Background") else redirect("forum:review-item", pk)


@for_moderators
@require_POST
def take_over(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    claims.take_over(_item(pk), by=request.user)
    return redirect("forum:review-item", pk)


@for_moderators
@require_POST
def release(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    claims.release(_item(pk), by=request.user)
    return HttpResponse(status=204) if request.headers.get("X-Background") else redirect("forum:review-queue")


@for_moderators
@require_POST
def undo(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    own = Decision.objects.filter(by=request.user).select_related("revision__post__thread")
    found = undoing.undo(get_object_or_404(own, pk=pk), by=request.user)
    messages.success(request, "Undone. The text waits again, and you have it open.")
    return redirect("forum:review-item", found.pk)


@for_moderators
@require_POST
def approve_together(request: AuthenticatedHttpRequest) -> HttpResponse:
    done, refused = bulk.approve_together(request.POST.getlist("item"), by=request.user)
    messages.success(request, f"{done} published.")
    for why in refused:
        messages.warning(request, why)
    return redirect("forum:review-queue")


@for_moderators
@require_safe
def handbook_page(request: AuthenticatedHttpRequest) -> HttpResponse:
    pieces, headings = handbook(MODERATORS_HANDBOOK)
    return render(request, "forum/moderation/handbook.html", {"pieces": pieces, "headings": headings})


def _item(pk: int) -> ReviewItem:
    return get_object_or_404(ReviewItem, pk=pk)
