"""Moderators' pages of one public post and of one thread. Each act is a POST of its own and works without JavaScript."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.requests import AuthenticatedHttpRequest
from forum.models import Decision, Post, PostRevision, Thread
from forum.moderation.access import for_moderators
from forum.moderation.decide import Superseded
from forum.moderation.published_actions import PublicAct, acts_on_post, acts_on_thread, form_for

FEW = 50


@for_moderators
@require_safe
def post(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    return _post_page(request, _post(request, pk))


@for_moderators
@require_POST
def post_act(request: AuthenticatedHttpRequest, pk: int, name: str) -> HttpResponse:
    found = _post(request, pk)
    act = _chosen(acts_on_post(found, request.user), name)
    form = form_for(act, found, request.POST)
    if _done(request, act, found, form) is None:
        return _post_page(request, found, {name: form})
    return redirect("forum:moderate-post", found.pk)


@for_moderators
@require_safe
def thread(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    return _thread_page(request, _thread(pk))


@for_moderators
@require_POST
def thread_act(request: AuthenticatedHttpRequest, pk: int, name: str) -> HttpResponse:
    found = _thread(pk)
    act = _chosen(acts_on_thread(found, request.user), name)
    form = form_for(act, found, request.POST)
    done = _done(request, act, found, form)
    if done is None:
        return _thread_page(request, found, {name: form})
    return redirect("forum:moderate-thread", getattr(done, "other_id", None) or found.pk)


def _done(request: AuthenticatedHttpRequest, act: PublicAct, found: Post | Thread, form: Any) -> object | None:
    """What the service gave, and True where it gave nothing; None where the form has to be mended first."""
    if not form.is_valid():
        return None
    try:
        done = act.do(found, form, request.user)
    except ValidationError as error:
        form.add_error(act.wrong, error)
        return None
    messages.success(request, f"Done: {act.title[0].lower()}{act.title[1:]}.")
    return done or True


def _chosen(acts: list[PublicAct], name: str) -> PublicAct:
    """Raises Superseded for what cannot be done any more."""
    for act in acts:
        if act.name == name:
            return act
    raise Superseded("This cannot be done any more, or is for another moderator to do.")


def _with_forms(acts: list[PublicAct], about: Any, sent: dict[str, Any] | None) -> dict[str, Any]:
    sent = sent or {}
    return {"acts": [(act, sent.get(act.name) or form_for(act, about)) for act in acts], "sent": sent}


def _post_page(request: AuthenticatedHttpRequest, found: Post, sent: dict[str, Any] | None = None) -> HttpResponse:
    context = {
        "post": found,
        "decisions": Decision.objects.filter(revision__post=found),
        "notes": found.notes.select_related("by"),
        "shown": PostRevision.objects.to_read_after(request.user).filter(pk=found.live.pk).exists(),
    }
    context |= _with_forms(acts_on_post(found, request.user), found, sent)
    return render(request, "forum/moderation/post.html", context)


def _thread_page(request: AuthenticatedHttpRequest, found: Thread, sent: dict[str, Any] | None = None) -> HttpResponse:
    context = {"thread": found, "log": found.acts.select_related("by", "other").order_by("-pk")[:FEW]}
    context |= _with_forms(acts_on_thread(found, request.user), found, sent)
    return render(request, "forum/moderation/thread.html", context)


def _post(request: AuthenticatedHttpRequest, pk: int) -> Post:
    return get_object_or_404(Post.objects.visible_to_moderator(request.user), pk=pk)


def _thread(pk: int) -> Thread:
    found = Thread.objects.published().select_related("category").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
