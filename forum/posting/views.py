"""Views for writing. A form that is refused keeps what was typed and shows each error next to its field."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from core.kept_query import KeptQuery
from core.params import INTEGER_DIGITS, int_or_none
from core.requests import AuthenticatedHttpRequest
from forum.models import Category, Decision, Post, PostRevision, Thread
from forum.permissions import can_edit_post, can_quote_post, can_reply, can_start_thread
from forum.posting import drafts, posts
from forum.posting.closed_places import PlaceClosed, give_back
from forum.posting.forms import EditForm, ReplyForm, ThreadEditForm, ThreadForm
from forum.publishing import mentions
from forum.publishing.visible_text import public_text
from forum.publishing.waiting_time import waiting_time
from forum.text.markdown import render as render_markdown
from forum.text.rendering_changes import rendering_changes
from forum.threads.annotations import merged_thread
from forum.triage.advice_view import text_parts
from forum.triage.author_advice import advice_for
from forum.triage.detection import detect
from forum.triage.intake import take_in_outside_text

View = Callable[..., HttpResponse]


def preserve_input(view: View) -> View:
    """Wrap a writing page: a member who was logged out, or can't write there anymore, gets their text back."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return _answer_or_give_back(view, request, *args, **kwargs)
        if request.method == "POST":
            return render(request, "forum/posting/logged_out.html", {"typed": request.POST}, status=403)
        return redirect_to_login(request.get_full_path())

    return never_cache(require_http_methods(["GET", "HEAD", "POST"])(answer))


def _answer_or_give_back(view: View, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except PlaceClosed as error:
        return give_back(request, error.place)
    except (Http404, PermissionDenied):
        if request.method == "POST" or "draft" in request.GET:
            return give_back(request, None)
        raise


@preserve_input
def new_thread(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    category = get_object_or_404(Category, slug=slug)
    if not can_start_thread(request.user, category):
        raise PlaceClosed(category)
    form = ThreadForm(request.POST or None, initial=_draft(request, category))

    def send() -> Post:
        return posts.start_thread(category, form.text(), by=request.user, key=form.cleaned_data["key"])

    return _write(request, form, category, send, {"category": category})


@preserve_input
def reply(request: AuthenticatedHttpRequest, pk: int, slug: str) -> HttpResponse:
    thread = _thread_to_answer(request.user, pk)
    if not can_reply(request.user, thread):
        raise PlaceClosed(thread)
    quoted = _quoted(request, thread)
    initial = _draft(request, thread) or (_quote(quoted) if "quote" in request.GET else _answered(quoted))
    form = ReplyForm(request.POST or None, initial=initial)

    def send() -> Post:
        key = form.cleaned_data["key"]
        return posts.reply(thread, form.text(), by=request.user, key=key, quoted=quoted)

    context = {"thread": thread, "mention_thread": thread, "category": thread.category, "answered": quoted}
    return _write(request, form, thread, send, context)


@preserve_input
def edit(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.of(request.user).select_related("thread__category"), pk=pk)
    if not can_edit_post(request.user, post):
        raise PlaceClosed(post)
    last = post.revisions.order_by("-number")[0]
    body = mentions.with_current_names(last.body, last)
    initial = {"title": last.title, "body": body, "warning": last.warning, "seen": last.number}
    form_class = ThreadEditForm if last.title else EditForm
    form = form_class(_with_newest_number(request, last), initial=initial | _draft(request, post))

    def send() -> Post:
        return posts.edit_post(post, form.text(), by=request.user, base_number=_base_number(request)).post

    context = {"post": post, "mention_thread": post.thread, "category": post.thread.category}
    return _write(request, form, post, send, context | {"returned": _request_for_changes(last)})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Ask first: a withdrawn post can't be restored, though its text can be used again."""
    post = get_object_or_404(Post.objects.of(request.user), pk=pk)
    if request.method != "POST":
        return render(request, "forum/posting/confirm.html", {"post": post, "withdraws": True})
    posts.withdraw_post(post, by=request.user)
    return redirect("forum:my-post", post.pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.of(request.user), pk=pk)
    if request.method != "POST":
        return render(request, "forum/posting/confirm.html", {"post": post})
    posts.delete_post(post, by=request.user)
    return redirect("forum:my-posts")


@login_required
@require_POST
def discard(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(request.user.drafts, pk=pk).delete()
    messages.success(request, "The draft was discarded.")
    return redirect("forum:my-posts")


def _write(
    request: AuthenticatedHttpRequest,
    form: Form,
    target: drafts.Target,
    send: Callable[[], Post],
    context: dict[str, Any],
) -> HttpResponse:
    """Save the form as a draft, preview it, or send it."""
    if request.POST.get("do") == "draft":
        return _save_draft(request, target)
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == "preview":
            context |= _preview(request, form, target)
            context["changes"] = rendering_changes(form.cleaned_data["body"])
        else:
            try:
                return redirect("forum:my-post", send().pk)
            except ValidationError as error:
                _refuse(request, form, error)
            except PermissionDenied as error:
                raise PlaceClosed(target) from error
    if request.method == "POST":
        context |= advice_for(detect(text_parts(request)), request.user)
        context["previewing"] = request.POST.get("do") == "preview"
    return render(request, "forum/posting/write.html", {"form": form, "waiting": waiting_time(), **context})


def _thread_to_answer(user: User, pk: int) -> Thread:
    """Return the thread, or the one that it was merged into while the member wrote. Raise Http404."""
    return next(iter(THREAD_TO_ANSWER(pk)), None) or merged_thread(pk, user)


THREAD_TO_ANSWER = KeptQuery(
    lambda pk: Thread.objects.visible_to(User()).select_related("author", "category").filter(pk=pk), int
)


def _refuse(request: AuthenticatedHttpRequest, form: Any, error: ValidationError) -> None:
    """Show why a post can’t be sent now. If it sounds like danger, a clinician reads it all the same."""
    text = form.text()
    whole = "\n\n".join(filter(None, [text.title, text.warning, text.body]))
    take_in_outside_text(whole, source="unsent", by=request.user, url=request.path)
    form.add_error("body", error)


def _preview(request: AuthenticatedHttpRequest, form: Form, target: drafts.Target) -> dict[str, Any]:
    """Render the text as readers will see it, and list names after “@” that mean no one in the thread."""
    body = form.cleaned_data["body"]
    if isinstance(target, Category):
        return {"preview": render_markdown(body), "unknown_names": mentions.unknown_names(body, {})}
    alias = 1 if form.cleaned_data.get("anonymous") else None
    post = target if isinstance(target, Post) else Post(thread=target, author=request.user, alias=alias)
    members = mentions.mentioned_members(post, body)
    return {"preview": mentions.preview(body, members), "unknown_names": mentions.unknown_names(body, members)}


def _save_draft(request: AuthenticatedHttpRequest, target: drafts.Target) -> HttpResponse:
    """Save a draft. The button leads to “My posts”; a background save stays on the page."""
    try:
        drafts.save_draft(target, request.POST.dict(), by=request.user, key=drafts.key_of(request.POST))
    except ValidationError as error:
        if request.headers.get("X-Background"):
            return HttpResponse(error.messages[0], status=409, content_type="text/plain; charset=utf-8")
        messages.error(request, error.messages[0])
    return HttpResponse(status=204) if request.headers.get("X-Background") else redirect("forum:my-posts")


def _draft(request: AuthenticatedHttpRequest, target: drafts.Target) -> dict[str, Any]:
    """Return the initial data of a form opened from the list of drafts, or with the text of a withdrawn post."""
    if again := int_or_none(request.GET.get("again")):
        return _withdrawn_text(request.user, again)
    here = request.user.drafts.filter(**{type(target).__name__.lower(): target})
    return drafts.form_data_of(here, int_or_none(request.GET.get("draft")))


def _withdrawn_text(user: User, pk: int) -> dict[str, Any]:
    revisions = PostRevision.objects.filter(post__author=user, post=pk, post__state=Post.State.WITHDRAWN)
    last = revisions.order_by("-number").first()
    return {"title": last.title, "body": last.body, "warning": last.warning} if last else {}


def _quoted(request: HttpRequest, thread: Thread) -> Post | None:
    """Return the post that is quoted or answered, or None if it can't be anymore: the reply doesn't depend on it."""
    number = int_or_none(request.POST.get("quoted") or request.GET.get("quote") or request.GET.get("answer"))
    if number is None:
        return None
    found = thread.posts.select_related("live_revision", "author").filter(pk=number).first()
    return found if found and can_quote_post(request.user, thread, found) else None


def _answered(post: Post | None) -> dict[str, Any]:
    return {"quoted": post.pk} if post else {}


def _quote(post: Post | None) -> dict[str, Any]:
    if post is None or post.live_revision is None:
        return {}
    text = mentions.with_current_names(public_text(post.live_revision)["body"], post.live_revision)
    lines = "\n".join(f"> {line}" for line in text.splitlines())
    return {"quoted": post.pk, "body": f"{lines}\n\n"}


def _request_for_changes(revision: PostRevision) -> Decision | None:
    """Return the decision that sent this text back, to show it beside the text."""
    if revision.state != PostRevision.State.CHANGES:
        return None
    return revision.decisions.filter(action=Decision.Action.CHANGES).order_by("-pk").first()


def _base_number(request: HttpRequest) -> int:
    """Return the number of the revision that was edited; 0, which never exists, if the form does not say."""
    return int_or_none(request.POST.get("seen"), digits=INTEGER_DIGITS) or 0


def _with_newest_number(request: HttpRequest, last: PostRevision) -> Any:
    """Return the posted data with the newest revision's number: after an EditConflict, sending again is deliberate."""
    if request.method != "POST":
        return None
    typed = request.POST.copy()
    typed["seen"] = str(last.number)
    return typed
