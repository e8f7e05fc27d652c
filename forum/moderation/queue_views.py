"""Views of the review queue: list, next item, claims, undo, bulk approval, handbook."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.requests import AuthenticatedHttpRequest
from forum.models import PendingAction, ReviewItem
from forum.moderation import bulk, claims, pending_actions
from forum.moderation.access import moderator_required
from forum.moderation.item_presence import looks_by_colleagues
from forum.moderation.queue import (
    QueueFilters,
    asked_profession,
    backgrounds,
    counts,
    filter_choices,
    group_sizes,
    items_page,
    report_counts,
    with_query,
)
from forum.moderation.urgency import last_undoable_change
from forum.permissions import can_lead_team
from guide.dashboard.handbook import handbook

MODERATORS_HANDBOOK = "moderators.md"


@moderator_required
@require_safe
def queue(request: AuthenticatedHttpRequest) -> HttpResponse:
    context = _rows(request, QueueFilters.from_query(request.GET)) | filter_choices()
    context |= {"counts": counts(request.user), "lead": can_lead_team(request.user)}
    context |= {"undoable_change": last_undoable_change(request.user)}
    return render(request, "forum/moderation/queue.html", context)


def _rows(request: AuthenticatedHttpRequest, filters: QueueFilters) -> dict[str, Any]:
    """Context of one page of rows."""
    rows, more = items_page(filters, request.user)
    context = {"rows": rows, "more": more, "filters": filters, "query": filters.query, "backgrounds": backgrounds(rows)}
    context |= {"looks": looks_by_colleagues(rows, request.user), "profession": asked_profession(rows, request.user)}
    context |= {"reported": report_counts(rows), "grouped": {} if filters.group else group_sizes(rows, request.user)}
    return context | bulk.selectable(rows, request.user)


@moderator_required
@require_safe
def counts_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    return render(request, "forum/moderation/_renewed_counts.html", {"counts": counts(request.user)})


@moderator_required
@require_safe
def rows_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The rows of the page of the queue that the query string names, as they are now."""
    return render(request, "forum/moderation/_queue_rows.html", _rows(request, QueueFilters.from_query(request.GET)))


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
    """Open the next item of the filter in the query string. A suggested break is only suggested here."""
    filters = QueueFilters.from_query(request.GET)
    found = claims.claim_next(request.user, among=filters.rows(request.user))
    if found is None:
        messages.info(request, "Everything waiting is already being reviewed. Thank you.")
        return redirect("forum:review-queue")
    return redirect(with_query(reverse("forum:review-item", args=[found.pk]), filters))


@moderator_required
@require_POST
def claim(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Claim an item from the list, or renew the claim in the background while its page is open."""
    claims.claim(_item(pk), by=request.user)
    if request.headers.get("X-Background"):
        return HttpResponse(status=204)
    url = reverse("forum:review-item", args=[pk])
    return redirect(with_query(url, QueueFilters.from_query(request.GET)))


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
def undo_action(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    own = PendingAction.objects.filter(by=request.user).select_related("item", "post", "thread")
    undone = pending_actions.undo(get_object_or_404(own, pk=pk), by=request.user)
    messages.success(request, f"Undone: {undone.title}. No one else saw it.")
    return redirect(pending_actions.url_of(undone.subject))


@moderator_required
@require_POST
def undo_all(request: AuthenticatedHttpRequest) -> HttpResponse:
    undone = pending_actions.undo_all(request.user)
    messages.success(request, f"{undone} undone. No one else saw it.")
    return redirect("forum:review-queue")


@moderator_required
@require_POST
def bulk_approve(request: AuthenticatedHttpRequest) -> HttpResponse:
    for why in bulk.bulk_approve(request.POST.getlist("item"), by=request.user):
        messages.warning(request, why)
    return redirect(with_query(reverse("forum:review-queue"), QueueFilters.from_query(request.GET)))


@moderator_required
@require_safe
def handbook_page(request: AuthenticatedHttpRequest) -> HttpResponse:
    pieces, headings = handbook(MODERATORS_HANDBOOK)
    return render(request, "forum/moderation/handbook.html", {"pieces": pieces, "headings": headings})


def _item(pk: int) -> ReviewItem:
    return get_object_or_404(ReviewItem, pk=pk)
