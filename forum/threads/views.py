"""Views for reading. No GET writes a row or starts a session."""

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.permissions import is_appointed
from core.pagination import NEWEST_FIRST
from core.requests import AuthenticatedHttpRequest
from forum.models import Decision, Post, Thread
from forum.permissions import can_enter_category, can_moderate, can_reply, can_start_thread, reason_closed
from forum.publishing.waiting_time import waiting_time
from forum.threads.annotations import thread_for_reader
from forum.threads.listings import (
    categories_with_duties,
    filters_for,
    index_lists,
    on_duty,
    threads_page,
    with_appeal_status,
    with_following,
)
from forum.threads.pagination import PER_PAGE, posts_of_page, url_after_merge, url_in_thread
from forum.threads.post_markup import reader_of
from forum.threads.standing_threads import current_standing_threads
from forum.threads.structured_data import is_public, opening_words, thread_data


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    categories = categories_with_duties()
    current, next_duty = on_duty(categories)
    context = {"categories": categories, "waiting": waiting_time(), "on_duty": current, "next_duty": next_duty}
    lists = {"standing_threads": current_standing_threads(request.user), **index_lists(request.user)}
    return render(request, "forum/threads/index.html", context | lists)


@require_safe
def threads(request: HttpRequest) -> HttpResponse:
    """List the threads of all categories."""
    filters, show = filters_for(request.user), request.GET.get("show", "")
    found, older = threads_page(None, request.user, show=show, before=request.GET.get("before", ""))
    context = {"threads": found, "older": older, "filters": filters, "show": show if show in filters else ""}
    return render(request, "forum/threads/threads.html", context)


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(with_following(request.user), slug=slug)
    if not can_enter_category(request.user, found):
        raise Http404
    filters, show, before = filters_for(request.user), request.GET.get("show", ""), request.GET.get("before", "")
    threads, older = threads_page(found, request.user, show=show, before=before)
    context = {"category": found, "threads": threads, "older": older, "filters": filters}
    if not (show or before):
        context["standing_threads"] = current_standing_threads(request.user, found)
    context |= {"show": show if show in filters else "", "may_write": can_start_thread(request.user, found)}
    return render(request, "forum/threads/category.html", context)


@require_safe
def thread(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    found = thread_for_reader(pk, request.user)
    if found is None:
        return redirect(url_after_merge(pk, request.GET.get("page", "1"), request.user), permanent=True)
    if request.path != found.get_absolute_url():
        return redirect(found)  # temporary: if a title changes back, cached permanent redirects would loop
    page = posts_of_page(found, request.GET.get("page", "1"), request.user)
    may = {"may_reply": can_reply(request.user, found), "may_moderate": is_appointed(request.user)}
    reader = reader_of(request, found, **may)
    context = {"thread": found, "page": page, "reader": reader, "opening": opening_words(page.posts), **may}
    if request.user.is_authenticated and not may["may_reply"]:
        context["why_closed"] = reason_closed(request.user, found)
    address = request.build_absolute_uri(found.get_absolute_url())
    context["data"] = thread_data(found, page.posts, address) if is_public(found) else None
    answer = render(request, "forum/threads/thread.html", context)
    if context["data"] is None:
        answer["X-Robots-Tag"] = "noindex"
    return answer


@require_safe
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirect a permalink to the post's page of the thread."""
    threads = Thread.objects.visible_to(request.user)
    found = get_object_or_404(Post.objects.select_related("thread"), pk=pk, position__isnull=False, thread__in=threads)
    return redirect(url_in_thread(found))


@never_cache
@login_required
@require_safe
def my_posts(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show drafts and sent posts, newest first."""
    posts = with_appeal_status(Post.objects.of(request.user).with_last_revision()).select_related("thread")
    found, older = NEWEST_FIRST.page(posts, request.GET.get("before", ""), size=PER_PAGE)
    drafts = request.user.drafts.select_related("category", "thread", "post__thread")
    context = {"posts": found, "older": older, "drafts": drafts, "waiting": waiting_time()}
    return render(request, "forum/posting/my_posts.html", context)


@login_required
@require_safe
def my_post(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Post.objects.of(request.user).select_related("thread__category"), pk=pk)
    revision = found.revisions.order_by("-number").first()
    of_last_text = Q(revision=revision) | Q(action=Decision.Action.MESSAGE)
    decisions = Decision.objects.filter(of_last_text, revision__post=found)
    context = {"post": found, "revision": revision, "decisions": decisions, "moderator": can_moderate(request.user)}
    return render(request, "forum/posting/my_post.html", context | {"waiting": waiting_time()})
