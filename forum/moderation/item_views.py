"""Views of one review item. Each moderation action is a POST of its own and works without JavaScript."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.requests import AuthenticatedHttpRequest
from forum.models import ItemLogEntry, Report, ReviewItem
from forum.moderation.access import moderator_required
from forum.moderation.decide import Superseded
from forum.moderation.help_cards import refuse_to_close
from forum.moderation.item_actions import CLOSE_CARD, actions_for, form_for
from forum.moderation.item_context import context_for, explain_conflict
from forum.moderation.urgency import undo_change
from forum.permissions import can_decide_item
from forum.text.markdown import MAX_CHARACTERS

RELATED: tuple[str, ...] = (
    *("post__thread__category", "post__author", "post__live_revision", "revision__post__thread"),
    *("question__decision__revision", "question__decision__credential", "appeal__decision__revision"),
    *("appeal__decision__credential", "note__by", "claimed_by", "escalated_to", "category", "member", "name_change"),
)
MATCHES: tuple[str, ...] = (
    *("revision__triage_matches__rule", "post__live_revision__triage_matches__rule"),
    *("question__triage_matches__rule", "question__decision__revision__triage_matches__rule"),
    *("appeal__triage_matches__rule", "appeal__decision__revision__triage_matches__rule"),
)


@moderator_required
@require_safe
def item(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = _item(request, pk)
    if found.kind == ReviewItem.Kind.APPEAL and found.state == ReviewItem.State.OPEN:
        return redirect("forum:review-appeal", found.appeal_id)
    if found.kind == ReviewItem.Kind.REPORT and found.state == ReviewItem.State.OPEN:
        about = Report.objects.open().filter(post=found.post_id, member=found.member_id).order_by("pk")
        return redirect("forum:review-report", about[0].pk)
    return _page(request, found)


@moderator_required
@require_POST
def item_action(request: AuthenticatedHttpRequest, pk: int, name: str) -> HttpResponse:
    found = _item(request, pk)
    action = next((a for a in actions_for(found, request.user) if a.name == name and not a.page), None)
    if action is None and name == CLOSE_CARD.name:
        refuse_to_close(found)
    if action is None or found.state != ReviewItem.State.OPEN or found.claimed_by_another(request.user):
        raise Superseded(explain_conflict(found))
    form = form_for(action, found, request.user, request.POST)
    if not form.is_valid() or request.POST.get("do") == "preview":
        return _page(request, found, {name: form})
    try:
        action.run(found, form, request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, found, {name: form})
    messages.success(request, action.done)
    return redirect("forum:review-queue") if action.returns_to_queue else redirect("forum:review-item", found.pk)


@moderator_required
@require_POST
def markdown_preview_fragment(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The text in the named field of an action's form, as readers will see it."""
    text = request.POST.get(request.POST.get("field", ""), "")[:MAX_CHARACTERS]
    return render(request, "forum/moderation/_rendered_markdown.html", {"text": text})


@moderator_required
@require_POST
def undo_item_change(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(ItemLogEntry.objects.filter(by=request.user).select_related("item"), pk=pk)
    found = undo_change(entry, by=request.user)
    messages.success(request, "Undone.")
    return redirect("forum:review-item", found.pk)


def _item(request: HttpRequest, pk: int) -> ReviewItem:
    rows = ReviewItem.objects.select_related(*RELATED).prefetch_related(*MATCHES)
    found = get_object_or_404(rows, pk=pk)
    if not can_decide_item(request.user, found):
        raise Http404
    return found


def _page(
    request: AuthenticatedHttpRequest, found: ReviewItem, bound_forms: dict[str, Any] | None = None
) -> HttpResponse:
    bound_forms = bound_forms or {}
    actions = actions_for(found, request.user) if found.state == ReviewItem.State.OPEN else []
    pairs = [(action, bound_forms.get(action.name) or form_for(action, found, request.user)) for action in actions]
    context = context_for(found) | {"actions": pairs, "bound_forms": bound_forms}
    context["claimed_by_other"] = found.claimed_by_another(request.user)
    return render(request, "forum/moderation/item.html", context)
