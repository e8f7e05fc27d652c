"""Views of the review queue: list, next item, claims, undo, bulk approval, handbook."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.requests import AuthenticatedHttpRequest
from forum.models import Decision, ReviewItem
from forum.moderation import bulk, claims
from forum.moderation.access import moderator_required
from forum.moderation.queue import QueueFilters, counts, filter_choices, group_sizes, items_page, report_counts
from forum.moderation.undo import last_undoable, undo
from forum.moderation.urgency import last_undoable_change
from forum.permissions import can_lead_team
from guide.dashboard.handbook import handbook

MODERATORS_HANDBOOK = "moderators.md"


@moderator_required
@require_safe
def queue(request: AuthenticatedHttpRequest) -> HttpResponse:
    filters = QueueFilters.from_query(request.GET)
    rows, more = items_page(filters, request.user)
    query = request.GET.copy()
    query.pop("after", None)
    context = {"rows": rows, "more": more, "filters": filters, "counts": counts(request.user)}
    context |= {"query": query.urlencode(), "undoable": last_undoable(request.user), "reported": report_counts(rows)}
    context |= {"grouped": {} if filters.group else group_sizes(rows, request.user)}
    context |= {"lead": can_lead_team(request.user), "undoable_change": last_undoable_change(request.user)}
    return render(
        request, "forum/moderation/queue.html", context | filter_choices() | bulk.selectable(rows, request.user)
    )


@moderator_required
@require_safe
def counts_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    return render(request, "forum/moderation/_counts.html", {"counts": counts(request.user)})


@moderator_required
@require_safe
def item(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Redirect to the open or latest item about a revision."""
    found = ReviewItem.objects.for_moderator(request.user).filter(revision=pk).order_by("-state", "-pk").first()
    if found is None:
        raise Http404
    return redirect("forum:review-item", found.pk)


@moderator_required
@require_POST
def next_item(request: AuthenticatedHttpRequest) -> HttpResponse:
    found = claims.claim_next(request.user)
    if found is None:
        messages.info(request, "Everything waiting is already being reviewed. Thank you.")
        return redirect("forum:review-queue")
    return redirect("forum:review-item", found.pk)


@moderator_required
@require_POST
def claim(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Claim an item from the list, or renew the claim in the background while its page is open."""
    claims.claim(_item(pk), by=request.user)
    return HttpResponse(status=204) if request.headers.get("X-Background") else redirect("forum:review-item", pk)


@moderator_required
@require_POST
def take_over(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    claims.take_over(_item(pk), by=request.user)
    return redirect("forum:review-item", pk)


@moderator_required
@require_POST
def release(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    claims.release(_item(pk), by=request.user)
    return HttpResponse(status=204) if request.headers.get("X-Background") else redirect("forum:review-queue")


@moderator_required
@require_POST
def undo_decision(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    own = Decision.objects.filter(by=request.user).select_related("revision__post__thread")
    found = undo(get_object_or_404(own, pk=pk), by=request.user)
    messages.success(request, "Undone. The text is back in the queue, claimed by you.")
    return redirect("forum:review-item", found.pk)


@moderator_required
@require_POST
def bulk_approve(request: AuthenticatedHttpRequest) -> HttpResponse:
    done, refused = bulk.bulk_approve(request.POST.getlist("item"), by=request.user)
    messages.success(request, f"{done} published.")
    for why in refused:
        messages.warning(request, why)
    return redirect("forum:review-queue")


@moderator_required
@require_safe
def handbook_page(request: AuthenticatedHttpRequest) -> HttpResponse:
    pieces, headings = handbook(MODERATORS_HANDBOOK)
    return render(request, "forum/moderation/handbook.html", {"pieces": pieces, "headings": headings})


def _item(pk: int) -> ReviewItem:
    return get_object_or_404(ReviewItem, pk=pk)
