"""Small acts of a member on what they read. Forms that work alone; with htmx the answer is the part that changed."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from forum.models import Category, Post, Reaction, Thread
from forum.permissions import can_enter_category
from forum.reading import bookmarks_page, followed_by, for_reader
from forum.services import keeping


@login_required
@require_POST
def mark_read(request: HttpRequest, pk: int) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=pk)
    position = request.POST.get("position", "")
    if position.isdecimal() and len(position) < 10:  # noqa: PLR2004  digits of a PostgreSQL integer
        keeping.mark_read(thread, int(position), by=request.user)
    return HttpResponse(status=204) if request.headers.get("X-Background") else redirect(thread)


@login_required
@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    post = _readable(request, pk)
    kind = request.POST.get("kind", "")
    if kind not in Reaction.Kind:
        raise Http404
    keeping.toggle_sign(post, kind, by=request.user)
    return _shown_again(request, post)


@login_required
@require_POST
def bookmark(request: HttpRequest, pk: int) -> HttpResponse:
    post = _readable(request, pk)
    keeping.toggle_bookmark(post, by=request.user)
    return _shown_again(request, post)


@login_required
@require_POST
def follow_thread(request: HttpRequest, pk: int) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=pk)
    keeping.toggle_follow(thread, by=request.user)
    return redirect(thread)


@login_required
@require_POST
def follow_category(request: HttpRequest, slug: str) -> HttpResponse:
    category = get_object_or_404(Category, slug=slug)
    if not can_enter_category(request.user, category):
        raise Http404
    keeping.toggle_follow(category, by=request.user)
    return redirect(category)


@never_cache
@login_required
@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """Bookmarks, and what one follows: only what one may still read."""
    found, older = bookmarks_page(request.user, before=request.GET.get("before", ""))
    threads, categories = followed_by(request.user)
    context = {"bookmarks": found, "older": older, "threads": threads, "categories": categories}
    return render(request, "forum/kept.html", context)


def _readable(request: HttpRequest, pk: int) -> Post:
    threads = Thread.objects.visible_to(request.user)
    posts = Post.objects.filter(thread__in=threads, state=Post.State.PUBLISHED).select_related("thread", "author")
    return get_object_or_404(posts, pk=pk)


def _shown_again(request: HttpRequest, post: Post) -> HttpResponse:
    if not request.htmx:
        return redirect("forum:post", post.pk)
    fresh = for_reader(Post.objects.filter(pk=post.pk), request.user).get()
    return render(request, "forum/_signs.html", {"post": fresh, "sign_kinds": Reaction.Kind.choices})
