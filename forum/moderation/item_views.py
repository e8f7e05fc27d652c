"""Views of one review item. Each moderation action is a POST of its own and works without JavaScript."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from core.requests import AuthenticatedHttpRequest
from forum.models import ItemLogEntry, Lane, ReviewItem, SavedReply
from forum.moderation.access import moderator_required
from forum.moderation.action_drafts import discard_draft, drafts_on, save_draft
from forum.moderation.break_suggestion import should_suggest_break
from forum.moderation.claims import claim_next
from forum.moderation.help_cards import refuse_to_close
from forum.moderation.item_actions import CLOSE_CARD, ItemAction, actions_for, form_for
from forum.moderation.item_context import context_for, explain_conflict
from forum.moderation.item_presence import looks_by_colleagues
from forum.moderation.pending_actions import perform, typed_before
from forum.moderation.queue import QueueFilters, with_query
from forum.moderation.text_decisions import Superseded
from forum.moderation.urgency import undo_change
from forum.permissions import is_independent
from forum.text.markdown import MAX_CHARACTERS

RELATED = ("post__thread__category", "post__author", "post__live_revision", "revision", "category")
# What only some kinds of items have. Fetched apart: with all of it in one query, planning takes longer than reading.
OF_SOME = (
    *("claimed_by", "escalated_to", "member", "name_change", "note__by"),
    *("revision__triage_matches__rule", "post__live_revision__triage_matches__rule"),
    *("question__triage_matches__rule", "question__decision__credential"),
    *("question__decision__revision__post__thread", "question__decision__revision__triage_matches__rule"),
    *("experience__triage_matches__rule", "experience__post"),
    *("appeal__triage_matches__rule", "appeal__decision__credential"),
    *("appeal__decision__revision__post__thread", "appeal__decision__revision__triage_matches__rule"),
)


@moderator_required
@require_safe
def item(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    return _page(request, _item(request, pk))


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
        perform(action, found, form, by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, found, {name: form})
    discard_draft(found, name, by=request.user)
    if action.done:
        messages.success(request, action.done)
    return _redirect_to_next(request, found) if action.returns_to_queue else redirect("forum:review-item", found.pk)


def _redirect_to_next(request: AuthenticatedHttpRequest, done: ReviewItem) -> HttpResponse:
    """Claim the next item of the filter in the query string and open it: another than the one that was `done` now.

    Go to the queue if nothing is left, for a break, and after a decision that was made there.
    """
    filters = QueueFilters.from_query(request.GET)
    stop = "from_queue" in request.POST or should_suggest_break(request)
    others = filters.rows(request.user).exclude(pk=done.pk)
    found = None if stop else claim_next(request.user, among=others)
    url = reverse("forum:review-item", args=[found.pk]) if found else reverse("forum:review-queue")
    return redirect(with_query(url, filters))


@moderator_required
@require_POST
def draft_fragment(request: AuthenticatedHttpRequest, pk: int, name: str) -> HttpResponse:
    """Save what is typed in the form of an action, while it is typed."""
    found = _item(request, pk)
    action = next((a for a in actions_for(found, request.user) if a.name == name and not a.page), None)
    if action is None:
        raise Http404
    save_draft(found, name, form_for(action, found, request.user, request.POST), by=request.user)
    return HttpResponse(status=204)


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


def _item(request: AuthenticatedHttpRequest, pk: int) -> ReviewItem:
    """An item that this moderator may decide."""
    found = get_object_or_404(ReviewItem.objects.select_related(*RELATED).prefetch_related(*OF_SOME), pk=pk)
    if not is_independent(request.user, found):
        raise Http404
    if found.revision and found.post:
        found.revision.post = found.post
    return found


def _page(
    request: AuthenticatedHttpRequest, found: ReviewItem, bound_forms: dict[str, Any] | None = None
) -> HttpResponse:
    by, bound_forms = request.user, bound_forms or {}
    pending = found.pending_actions.pending().select_related("by").first()
    actions = actions_for(found, by) if found.state == ReviewItem.State.OPEN and not pending else []
    typed = _typed(found, by)
    pairs = [(a, bound_forms.get(a.name) or form_for(a, found, by, initial=typed.get(a.name))) for a in actions]
    context = context_for(found) | {"actions": pairs, "bound_forms": bound_forms, "pending": pending}
    context["open_action"] = next(iter(bound_forms), next(reversed(typed), None))
    context["claimed_by_other"] = found.claimed_by_another(by)
    context["looks"] = looks_by_colleagues([found], by).get(found.pk, [])
    context["main_action"], context["main_form"] = _main(pairs, found.lane)
    context["saved_replies"] = SavedReply.objects.filter(by=by)
    context["filters"] = QueueFilters.from_query(request.GET)
    return render(request, "forum/moderation/item.html", context)


def _typed(found: ReviewItem, by: User) -> dict[str, dict[str, str]]:
    """What `by` has typed in each action: in a draft, or before it was undone. The latest draft is last."""
    drafts = drafts_on(found, by)
    return {name: data for name, data in typed_before(found, by).items() if name not in drafts} | drafts


def _main(pairs: list[tuple[ItemAction, Form]], lane: int) -> tuple[ItemAction | None, Form | None]:
    """The action that stays under the thumb: in RED the first, which is the help card, else the one with the key A."""
    approving = [pair for pair in pairs if pair[0].key == "a" and lane > Lane.RED]
    return next(iter([*approving, *pairs]), (None, None))
