"""One item of the queue: everything around it, and its acts. Each act is a POST of its own and works without JavaScript."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.requests import AuthenticatedHttpRequest
from forum.models import Report, ReviewItem
from forum.moderation.access import for_moderators
from forum.moderation.decide import Superseded
from forum.moderation.item_actions import acts_on, form_for
from forum.moderation.item_context import around, what_happened
from forum.permissions import can_decide_item


@for_moderators
@require_safe
def item(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = _item(request, pk)
    if found.kind == ReviewItem.Kind.APPEAL and found.state == ReviewItem.State.OPEN:
        return redirect("forum:review-appeal", found.appeal_id)
    if found.kind == ReviewItem.Kind.REPORT and found.state == ReviewItem.State.OPEN:
        about = Report.objects.open().filter(post=found.post_id, member=found.member_id).order_by("pk")
        return redirect("forum:review-report", about[0].pk)
    return _page(request, found)


@for_moderators
@require_POST
def act(request: AuthenticatedHttpRequest, pk: int, name: str) -> HttpResponse:
    found = _item(request, pk)
    chosen = next((one for one in acts_on(found, request.user) if one.name == name and not one.page), None)
    if chosen is None or found.state != ReviewItem.State.OPEN or found.claimed_by_another(request.user):
        raise Superseded(what_happened(found))
    form = form_for(chosen, found, request.user, request.POST)
    if not form.is_valid():
        return _page(request, found, {name: form})
    try:
        chosen.do(found, form, request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, found, {name: form})
    messages.success(request, chosen.done or f"Done: {chosen.title[0].lower()}{chosen.title[1:]}.")
    return redirect("forum:review-queue") if chosen.leaves else redirect("forum:review-item", found.pk)


def _item(request: HttpRequest, pk: int) -> ReviewItem:
    rows = ReviewItem.objects.select_related(
        *("post__thread__category", "post__author", "post__live_revision", "revision__post__thread"),
        *("question__decision__revision", "note__by", "claimed_by", "escalated_to", "category"),
    ).prefetch_related("revision__triage_matches__rule", "post__live_revision__triage_matches__rule")
    found = get_object_or_404(rows, pk=pk)
    if not can_decide_item(request.user, found):
        raise Http404
    return found


def _page(request: AuthenticatedHttpRequest, found: ReviewItem, sent: dict[str, Any] | None = None) -> HttpResponse:
    is_open = found.state == ReviewItem.State.OPEN
    acts = (
        [(a, (sent or {}).get(a.name) or form_for(a, found, request.user)) for a in acts_on(found, request.user)] if is_open else []
    )
    context = around(found) | {"acts": acts, "sent": sent or {}, "another": found.claimed_by_another(request.user)}
    return render(request, "forum/moderation/item.html", context)
