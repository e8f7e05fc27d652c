"""Bookmarks, subscriptions, reactions and read marks: small POSTs that work without JavaScript and redirect back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.profiles.blocks import block_member
from accounts.profiles.forms import BlockForm
from core.params import INTEGER_DIGITS, int_or_none
from core.requests import AuthenticatedHttpRequest
from forum.members import reactions_and_follows
from forum.models import Category, Post, Reaction, Thread
from forum.permissions import can_block_author, can_enter_category
from forum.threads.annotations import posts_for_reader
from forum.threads.listings import bookmarks_page
from forum.threads.post_markup import bookmark_markup, reactions_markup, reader_of


def _post(request: HttpRequest, pk: int) -> Post:
    return get_object_or_404(Post.objects.readable_by(request.user).select_related("thread"), pk=pk)


def _switched_on(request: HttpRequest) -> bool:
    """Return the wanted state. Forms send it, so a double click changes nothing twice."""
    return request.POST.get("on") == "1"


@login_required
@require_POST
def mark_read(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=pk)
    position = int_or_none(request.POST.get("position"), digits=INTEGER_DIGITS)
    if position is not None:
        reactions_and_follows.mark_read(thread, by=request.user, position=position)
    return redirect(thread)


@login_required
@require_POST
def mark_read_fragment(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    mark_read(request, pk)
    return HttpResponse(status=204)


@login_required
@require_POST
def follow_thread(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=pk)
    reactions_and_follows.follow_thread(thread, by=request.user, on=_switched_on(request))
    return redirect(thread)


@login_required
@require_POST
def follow_category(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    category = get_object_or_404(Category, slug=slug)
    if not can_enter_category(request.user, category):
        raise Http404
    reactions_and_follows.follow_category(category, by=request.user, on=_switched_on(request))
    return redirect(category)


@login_required
@require_POST
def bookmark(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    post = _post(request, pk)
    reactions_and_follows.bookmark(post, by=request.user, on=_switched_on(request))
    return redirect("forum:post", post.pk)


@login_required
@require_POST
def bookmark_fragment(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    bookmark(request, pk)
    done = "Bookmark added." if _switched_on(request) else "Bookmark removed."
    html = bookmark_markup(_shown_post(request, pk), reader_of(request))
    return _with_announcement(html, done)


@login_required
@require_POST
def react(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    post = _post(request, pk)
    kind = request.POST.get("kind")
    if kind not in Reaction.Kind.values:
        raise Http404
    reactions_and_follows.react(post, by=request.user, kind=kind, on=_switched_on(request))
    return redirect("forum:post", post.pk)


@login_required
@require_POST
def react_fragment(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    react(request, pk)
    label = Reaction.Kind(request.POST["kind"]).label
    done = f"“{label}” added." if _switched_on(request) else f"“{label}” removed."
    reopened = not _switched_on(request)  # the button may be in the choice again; it has the focus
    html = reactions_markup(_shown_post(request, pk), reader_of(request), reopened=reopened)
    return _with_announcement(html, done)


def _shown_post(request: HttpRequest, pk: int) -> Post:
    return posts_for_reader(request.user, Post.objects.readable_by(request.user)).get(pk=pk)


def _with_announcement(html: str, announcement: str) -> HttpResponse:
    """Answer with one part of a post, and what screen readers say about the change."""
    return HttpResponse(html + render_to_string("forum/members/_announcement.html", {"announcement": announcement}))


@login_required
@require_POST
def block_author(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Mute or block the author of a post. For an anonymous post, raise Http404, so that its author stays unknown."""
    post = get_object_or_404(Post.objects.readable_by(request.user).select_related("author", "thread"), pk=pk)
    if not can_block_author(request.user, post):
        raise Http404
    form = BlockForm(request.POST)
    if form.is_valid():
        row = block_member(request.user, post.author, form.cleaned_data["kind"])
        done = f"You’ve {row.get_kind_display()} {post.author}. They won’t be told. You can undo it in your account."
        messages.success(request, done)
    return redirect("forum:post", post.pk)


@never_cache
@login_required
@require_safe
def bookmarks(request: AuthenticatedHttpRequest) -> HttpResponse:
    found, older = bookmarks_page(request.user, before=request.GET.get("before", ""))
    return render(request, "forum/members/bookmarks.html", {"bookmarks": found, "older": older})
