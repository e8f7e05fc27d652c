"""What members send. Everything typed is kept when something is wrong, and a refusal stands beside its field."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from forum.forms import EditForm, PostForm, ThreadEditForm, ThreadForm
from forum.models import Category, Post, Thread
from forum.permissions import can_edit_post, can_reply, can_start_thread
from forum.reading import waiting_time
from forum.services import posting


@login_required
@require_http_methods(["GET", "POST"])
def new_thread(request: HttpRequest, slug: str) -> HttpResponse:
    category = get_object_or_404(Category, slug=slug)
    if not can_start_thread(request.user, category):
        raise PermissionDenied
    form = ThreadForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            post = posting.start_thread(category, form.words(), by=request.user, key=form.cleaned_data["key"])
            return redirect("forum:my-post", post.pk)
        except ValidationError as error:
            form.add_error("body", error)
    return render(request, "forum/write.html", {"form": form, "category": category, "waiting": waiting_time()})


@login_required
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.visible_to(request.user).select_related("author", "category"), pk=pk)
    if not can_reply(request.user, thread):
        raise PermissionDenied
    form = PostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            post = posting.reply(thread, form.words(), by=request.user, key=form.cleaned_data["key"])
            return redirect("forum:my-post", post.pk)
        except ValidationError as error:
            form.add_error("body", error)
    context = {"form": form, "thread": thread, "category": thread.category, "waiting": waiting_time()}
    return render(request, "forum/write.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.of(request.user).select_related("thread__category"), pk=pk)
    if not can_edit_post(request.user, post):
        raise PermissionDenied
    last = post.revisions.order_by("-number")[0]
    initial = {"title": last.title, "body": last.body, "warning": last.warning}
    form = (ThreadEditForm if last.title else EditForm)(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            posting.edit_post(post, form.words(), by=request.user)
            return redirect("forum:my-post", post.pk)
        except ValidationError as error:
            form.add_error("body", error)
    return render(request, "forum/write.html", {"form": form, "post": post, "category": post.thread.category})


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.of(request.user), pk=pk)
    posting.withdraw_post(post, by=request.user)
    return redirect("forum:my-posts")


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.of(request.user), pk=pk)
    posting.delete_post(post, by=request.user)
    return redirect("forum:my-posts")
