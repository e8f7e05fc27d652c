"""Moderation pages of a published post and of a thread. Each action is a POST of its own and works without JavaScript."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from core.requests import AuthenticatedHttpRequest
from forum.models import Decision, Post, ReviewItem, Thread
from forum.moderation.access import moderator_required
from forum.moderation.pending_actions import perform
from forum.moderation.published_actions import PublishedAction, actions_for_post, actions_for_thread, form_for
from forum.moderation.text_decisions import Superseded

FEW = 50


@moderator_required
@require_safe
def post(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    return _post_page(request, _post(request, pk))


@moderator_required
@require_POST
def post_action(request: AuthenticatedHttpRequest, pk: int, name: str) -> HttpResponse:
    found = _post(request, pk)
    action = _find_action(actions_for_post(found, request.user), name)
    form = form_for(action, found, request.POST)
    result = None if request.POST.get("do") == "preview" else _run(request, action, found, form)
    if result is None:
        return _post_page(request, found, {name: form})
    if isinstance(result, ReviewItem):
        return redirect("forum:review-item", result.pk)
    return redirect("forum:moderate-post", found.pk)


@moderator_required
@require_safe
def thread(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    return _thread_page(request, _thread(pk))


@moderator_required
@require_POST
def thread_action(request: AuthenticatedHttpRequest, pk: int, name: str) -> HttpResponse:
    found = _thread(pk)
    action = _find_action(actions_for_thread(found, request.user), name)
    form = form_for(action, found, request.POST)
    result = _run(request, action, found, form)
    if result is None:
        return _thread_page(request, found, {name: form})
    return redirect("forum:moderate-thread", found.pk)


def _run(request: AuthenticatedHttpRequest, action: PublishedAction, found: Post | Thread, form: Any) -> object | None:
    """Carry out the action and return what its service returns, or True. Return None for errors, and until it is confirmed."""
    if not form.is_valid() or not form.is_confirmed():
        return None
    try:
        result = perform(action, found, form, by=request.user)
    except ValidationError as error:
        form.add_error(action.error_field, error)
        return None
    if action.done:
        messages.success(request, action.done)
    return result or True


def _find_action(actions: list[PublishedAction], name: str) -> PublishedAction:
    """Raise Superseded if the action is no longer possible."""
    for action in actions:
        if action.name == name:
            return action
    raise Superseded("This is no longer possible, or another moderator has to do it.")


def _with_forms(actions: list[PublishedAction], about: Any, bound_forms: dict[str, Any] | None) -> dict[str, Any]:
    bound_forms = bound_forms or {}
    pairs = [(action, bound_forms.get(action.name) or form_for(action, about)) for action in actions]
    return {"actions": pairs, "bound_forms": bound_forms}


def _post_page(
    request: AuthenticatedHttpRequest, found: Post, bound_forms: dict[str, Any] | None = None
) -> HttpResponse:
    context = {
        "post": found,
        "decisions": Decision.objects.filter(revision__post=found),
        "notes": found.notes.select_related("by"),
        "unread_item": _unread_item(found, request.user),
    }
    context |= _with_forms(actions_for_post(found, request.user), found, bound_forms)
    return render(request, "forum/moderation/post.html", context)


def _unread_item(found: Post, moderator: User) -> ReviewItem | None:
    """The item of a public text that no moderator has read yet."""
    items = ReviewItem.objects.undecided().for_moderator(moderator)
    return items.filter(kind=ReviewItem.Kind.AFTER, post=found, post__state=Post.State.PUBLISHED).first()


def _thread_page(
    request: AuthenticatedHttpRequest, found: Thread, bound_forms: dict[str, Any] | None = None
) -> HttpResponse:
    context = {"thread": found, "log": found.log_entries.select_related("by", "other").order_by("-pk")[:FEW]}
    context |= _with_forms(actions_for_thread(found, request.user), found, bound_forms)
    return render(request, "forum/moderation/thread.html", context)


def _post(request: AuthenticatedHttpRequest, pk: int) -> Post:
    return get_object_or_404(Post.objects.visible_to_moderator(request.user), pk=pk)


def _thread(pk: int) -> Thread:
    found = Thread.objects.published().select_related("category").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
