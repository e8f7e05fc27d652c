"""What moderators do to a whole thread. Each act has its row in the thread's log, and the author hears of what moves it."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, F, Max, Q

from accounts.models import User
from accounts.permissions import required_credential
from core import page_cache
from forum.models import Category, Post, ReviewItem, Subscription, Thread, ThreadLogEntry
from forum.notifications.kinds import tell_moved
from forum.permissions import can_lock_thread, can_moderate_post
from forum.publishing.guide_citations import move_citations
from forum.publishing.public_state import newest_thread, pinned_answer
from forum.publishing.search_index import index_thread
from forum.publishing.transitions import move

SLOWEST = 1440  # minutes
Weights = dict[int, tuple[int, int]]  # by category: readable threads, and the posts that can be read in them


@transaction.atomic
def pin(thread: Thread, *, by: User, pinned: bool) -> ThreadLogEntry:
    """First in its category, or not any more."""
    thread = _locked(thread, by)
    thread.pinned = pinned
    thread.save(update_fields=["pinned"])
    return _log(thread, ThreadLogEntry.Action.PINNED if pinned else ThreadLogEntry.Action.UNPINNED, by)


@transaction.atomic
def slow_down(thread: Thread, *, by: User, minutes: int) -> ThreadLogEntry:
    """So many minutes between two posts of one person here; 0 ends it."""
    if not 0 <= minutes <= SLOWEST:
        raise ValidationError(f"From 0 to {SLOWEST} minutes.")
    thread = _locked(thread, by)
    thread.slow_minutes = minutes
    thread.save(update_fields=["slow_minutes"])
    return _log(thread, ThreadLogEntry.Action.SLOWED, by, minutes=minutes)


@transaction.atomic
def mark_answer(post: Post, *, by: User) -> ThreadLogEntry:
    """Pin this clinician's answer under the question, instead of the first one. Raises ValidationError for other posts."""
    thread = _locked(post.thread, by)
    post = Post.objects.get(pk=post.pk)
    if not can_moderate_post(by, post):
        raise PermissionDenied
    if post.thread_id != thread.pk or not post.written_as_clinician or post.state != Post.State.PUBLISHED:
        raise ValidationError("Only a clinician’s post that can be read answers a thread.")
    thread.answer = post
    thread.save(update_fields=["answer"])
    return _log(thread, ThreadLogEntry.Action.ANSWER, by, post=post.pk)


@transaction.atomic
def move_thread(thread: Thread, category: Category, *, by: User, reason: str = "") -> ThreadLogEntry:
    """To another category, whose rules hold from now on. What members-only hid stays hidden from visitors."""
    thread = _locked(thread, by)
    before, weights = thread.category, _weights([thread.pk])
    if before.pk == category.pk:
        raise ValidationError("It is there already.")
    thread.category = category
    thread.members_only = thread.members_only or before.members_only
    thread.save(update_fields=["category", "members_only"])
    ReviewItem.objects.filter(post__thread=thread).update(category=category)
    _balance(weights, _weights([thread.pk]))
    index_thread(thread.pk)
    page_cache.clear_on_commit()
    tell_moved(thread, f"moved your thread to “{category.title}”")
    return _log(thread, ThreadLogEntry.Action.MOVED, by, reason, before=before.slug, after=category.slug)


@transaction.atomic
def merge(thread: Thread, into: Thread, *, by: User, reason: str = "") -> ThreadLogEntry:
    """The posts follow after those of the other thread, in their order; the old address leads there. Raises ValidationError."""
    if thread.pk == into.pk:
        raise ValidationError("A thread cannot be merged into itself.")
    pair = {t.pk: t for t in _both(thread, into)}
    thread, into = _may(pair[thread.pk], by), _may(pair[into.pk], by)
    if _hidden_from_visitors(thread) and not _hidden_from_visitors(into):
        raise ValidationError("What is for members only cannot be merged into what everybody reads.")
    _no_aliases(Post.objects.filter(thread__in=[thread, into]))
    weights = _weights(list(pair))
    moved = _append(Post.objects.filter(thread=thread), into)
    move(thread, Thread.State.REMOVED, merged_into=into)
    Thread.objects.filter(merged_into=thread).update(merged_into=into)  # no address leads to one that leads on
    _follow(thread, into)
    _after(thread, into, weights)
    page_cache.clear_on_commit()
    tell_moved(into, "joined another thread to yours")
    return _log(thread, ThreadLogEntry.Action.MERGED, by, reason, into, posts=moved)


@transaction.atomic
def split(posts: list[Post], title: str, *, by: User, reason: str = "") -> ThreadLogEntry:
    """The chosen posts become a thread of their own; in the old one nothing takes their places. Raises ValidationError."""
    thread = _locked(posts[0].thread, by)
    chosen = Post.objects.filter(pk__in=[p.pk for p in posts], thread=thread, state=Post.State.PUBLISHED)
    if chosen.filter(author=by).exists():
        raise PermissionDenied  # one's own words are for others to move
    first = chosen.order_by("position").first()
    if first is None or chosen.filter(position=1).exists() or not title.strip():
        raise ValidationError("Choose posts that can be read, but the first, and give the new thread a title.")
    _no_aliases(Post.objects.filter(thread=thread))
    new = Thread.objects.create(
        category=thread.category,
        author=first.author,
        title=title.strip()[:140],
        members_only=thread.members_only,
        published_at=first.published_at,
        last_post_at=first.published_at,
    )
    weights = _weights([thread.pk])
    move(new, Thread.State.OPEN)
    moved = _append(chosen, new)
    _after(thread, new, weights)
    tell_moved(new, "made your post a thread of its own")
    return _log(thread, ThreadLogEntry.Action.SPLIT, by, reason, new, posts=moved, title=new.title)


def _append(posts: Any, into: Thread) -> list[int]:
    """Move posts behind the last one of a thread: those with a place in the order of their places, the others without one."""
    last = Post.objects.filter(thread=into).aggregate(n=Max("position"))["n"] or 0
    last = max(last, into.last_position)
    moved = list(posts.order_by(F("position").asc(nulls_last=True), "pk").select_for_update(no_key=True))
    for post in moved:
        if post.position is not None:
            last += 1
            post.position = last
        post.thread = into
        post.save(update_fields=["thread", "position"])
    Thread.objects.filter(pk=into.pk).update(last_position=last)
    move_citations(moved, into)
    return [post.pk for post in moved]


def _after(old: Thread, new: Thread, weights: Weights) -> None:
    """Answers that went are not pinned where they were; counters, times and the queue follow the posts."""
    for thread in (old, new):
        there = Post.objects.filter(thread=thread, position__isnull=False)
        readable = there.filter(state=Post.State.PUBLISHED).count()
        newest = there.aggregate(at=Max("published_at"))["at"] or thread.last_post_at
        now = {"answer": pinned_answer(thread.pk), "post_count": readable, "last_post_at": newest}
        Thread.objects.filter(pk=thread.pk).update(**now)
        ReviewItem.objects.filter(post__thread=thread).update(category=thread.category_id)
        index_thread(thread.pk)
    _balance(weights, _weights([old.pk, new.pk]))


def _weights(threads: list[int]) -> Weights:
    readable = Thread.objects.published().filter(pk__in=threads).values("category")
    counted = readable.annotate(
        n=Count("pk", distinct=True), readable=Count("posts", filter=Q(posts__state=Post.State.PUBLISHED))
    )
    return {row["category"]: (row["n"], row["readable"]) for row in counted.order_by()}


def _balance(before: Weights, after: Weights) -> None:
    """Bring the counters of the categories in step with what came and went."""
    for pk in sorted({*before, *after}):
        (threads, posts), (threads_now, posts_now) = before.get(pk, (0, 0)), after.get(pk, (0, 0))
        Category.objects.filter(pk=pk).update(
            thread_count=F("thread_count") + threads_now - threads,
            post_count=F("post_count") + posts_now - posts,
            last_thread=newest_thread(pk),
        )


def _follow(old: Thread, new: Thread) -> None:
    """Who followed the one follows the other."""
    there = Subscription.objects.filter(thread=new).values("user")
    Subscription.objects.filter(thread=old).exclude(user__in=there).update(thread=new)
    Subscription.objects.filter(thread=old).delete()


def _no_aliases(posts: Any) -> None:
    """“Anonymous member 2” is somebody else in each thread: moving such posts could tell who wrote them."""
    if posts.filter(alias__isnull=False).exists():
        raise ValidationError("Anonymous members write here; their posts cannot be moved between threads.")


def _hidden_from_visitors(thread: Thread) -> bool:
    return thread.members_only or thread.category.members_only


def _both(one: Thread, other: Thread) -> list[Thread]:
    """Both locked, the lower number first: two who merge the same threads do not wait for each other for ever."""
    numbers = [one.pk, other.pk]
    return list(Thread.objects.filter(pk__in=numbers).order_by("pk").select_for_update(no_key=True))


def _locked(thread: Thread, by: User) -> Thread:
    return _may(Thread.objects.select_for_update(no_key=True).get(pk=thread.pk), by)


def _may(thread: Thread, by: User) -> Thread:
    if not can_lock_thread(by, thread):
        raise PermissionDenied
    return thread


def _log(
    thread: Thread, action: str, by: User, reason: str = "", other: Thread | None = None, **details: object
) -> ThreadLogEntry:
    row = {"action": action, "reason": reason, "other": other, "details": details}
    return thread.acts.create(by=by, credential=required_credential(by), **row)
