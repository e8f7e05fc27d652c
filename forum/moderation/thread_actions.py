"""Moderation actions on whole threads. Each writes a log entry; authors are notified of moves, merges and splits."""

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
from forum.publishing.publish import move
from forum.publishing.search_index import index_thread

MAX_SLOW_MINUTES = 1440
Counts = dict[int, tuple[int, int]]  # by category: readable threads, and readable posts in them


@transaction.atomic
def pin(thread: Thread, *, by: User, pinned: bool) -> ThreadLogEntry:
    """Pin a thread to the top of its category, or unpin it."""
    thread = _thread_for_update(thread, by)
    thread.pinned = pinned
    thread.save(update_fields=["pinned"])
    return _log(thread, ThreadLogEntry.Action.PINNED if pinned else ThreadLogEntry.Action.UNPINNED, by)


@transaction.atomic
def set_slow_mode(thread: Thread, *, by: User, minutes: int) -> ThreadLogEntry:
    """Set the minimum number of minutes between two posts by the same person; 0 turns slow mode off."""
    if not 0 <= minutes <= MAX_SLOW_MINUTES:
        raise ValidationError(f"Enter 0 to {MAX_SLOW_MINUTES} minutes.")
    thread = _thread_for_update(thread, by)
    thread.slow_minutes = minutes
    thread.save(update_fields=["slow_minutes"])
    return _log(thread, ThreadLogEntry.Action.SLOWED, by, minutes=minutes)


@transaction.atomic
def mark_answer(post: Post, *, by: User) -> ThreadLogEntry:
    """Show this clinician's answer below the question instead of the first one. Raise ValidationError for other posts."""
    thread = _thread_for_update(post.thread, by)
    post = Post.objects.get(pk=post.pk)
    if not can_moderate_post(by, post):
        raise PermissionDenied
    if post.thread_id != thread.pk or not post.written_as_clinician or post.state != Post.State.PUBLISHED:
        raise ValidationError("Only a published post by a clinician can be marked as the answer.")
    thread.answer = post
    thread.save(update_fields=["answer"])
    return _log(thread, ThreadLogEntry.Action.ANSWER, by, post=post.pk)


@transaction.atomic
def move_thread(thread: Thread, category: Category, *, by: User, reason: str = "") -> ThreadLogEntry:
    """Move a thread to another category. A members-only thread stays members-only, whatever the new category."""
    thread = _thread_for_update(thread, by)
    before, counts = thread.category, _category_counts([thread.pk])
    if before.pk == category.pk:
        raise ValidationError("The thread is already in this category.")
    _forbid_unread(thread, category)
    thread.category = category
    thread.members_only = thread.members_only or before.members_only
    thread.save(update_fields=["category", "members_only"])
    ReviewItem.objects.filter(post__thread=thread).update(category=category)
    _adjust_counters(counts, _category_counts([thread.pk]))
    index_thread(thread.pk)
    tell_moved(thread, f"moved your thread to “{category.title}”")
    return _log(thread, ThreadLogEntry.Action.MOVED, by, reason, before=before.slug, after=category.slug)


@transaction.atomic
def merge(thread: Thread, into: Thread, *, by: User, reason: str = "") -> ThreadLogEntry:
    """Append the posts of `thread` to `into`, in order, and redirect the old address. Raise ValidationError."""
    if thread.pk == into.pk:
        raise ValidationError("You can’t merge a thread into itself.")
    pair = {t.pk: t for t in _lock_both(thread, into)}
    thread, into = _check_permission(pair[thread.pk], by), _check_permission(pair[into.pk], by)
    if _hidden_from_visitors(thread) and not _hidden_from_visitors(into):
        raise ValidationError("You can’t merge a members-only thread into a public one.")
    _forbid_aliases(Post.objects.filter(thread__in=[thread, into]))
    _forbid_unread(thread, into.category)
    counts = _category_counts(list(pair))
    moved = _append(Post.objects.filter(thread=thread), into)
    move(thread, Thread.State.REMOVED, merged_into=into)
    Thread.objects.filter(merged_into=thread).update(merged_into=into)  # avoids chains of redirects
    _move_subscriptions(thread, into)
    _update_after_move(thread, into, counts)
    tell_moved(into, "joined another thread to yours")
    return _log(thread, ThreadLogEntry.Action.MERGED, by, reason, into, posts=moved)


@transaction.atomic
def split(posts: list[Post], title: str, *, by: User, reason: str = "") -> ThreadLogEntry:
    """Move posts to a new thread. Their positions in the old one stay unused. Raise ValidationError."""
    thread = _thread_for_update(posts[0].thread, by)
    chosen = Post.objects.filter(pk__in=[p.pk for p in posts], thread=thread, state=Post.State.PUBLISHED)
    if chosen.filter(author=by).exists():
        raise PermissionDenied  # another moderator must move one's own posts
    first = chosen.order_by("position").first()
    if first is None or chosen.filter(position=1).exists() or not title.strip():
        raise ValidationError("Choose published posts other than the first, and enter a title for the new thread.")
    _forbid_aliases(Post.objects.filter(thread=thread))
    new = Thread.objects.create(
        category=thread.category,
        author=first.author,
        title=title.strip()[:140],
        members_only=thread.members_only,
        published_at=first.published_at,
        last_post_at=first.published_at,
    )
    counts = _category_counts([thread.pk])
    move(new, Thread.State.OPEN)
    moved = _append(chosen, new)
    _update_after_move(thread, new, counts)
    tell_moved(new, "made your post a thread of its own")
    return _log(thread, ThreadLogEntry.Action.SPLIT, by, reason, new, posts=moved, title=new.title)


def _append(posts: Any, into: Thread) -> list[int]:
    """Move posts to the end of a thread, in order. Posts without a position stay without one."""
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


def _update_after_move(old: Thread, new: Thread, counts: Counts) -> None:
    """Update pinned answers, counters, times and queue items of both threads after posts moved."""
    for thread in (old, new):
        posts = Post.objects.filter(thread=thread, position__isnull=False)
        readable = posts.filter(state=Post.State.PUBLISHED).count()
        newest = posts.aggregate(at=Max("published_at"))["at"] or thread.last_post_at
        values = {"answer": pinned_answer(thread.pk), "post_count": readable, "last_post_at": newest}
        Thread.objects.filter(pk=thread.pk).update(**values)
        ReviewItem.objects.filter(post__thread=thread).update(category=thread.category_id)
        index_thread(thread.pk)
    _adjust_counters(counts, _category_counts([old.pk, new.pk]))


def _category_counts(threads: list[int]) -> Counts:
    readable = Thread.objects.published().filter(pk__in=threads).values("category")
    counted = readable.annotate(
        n=Count("pk", distinct=True), readable=Count("posts", filter=Q(posts__state=Post.State.PUBLISHED))
    )
    return {row["category"]: (row["n"], row["readable"]) for row in counted.order_by()}


def _adjust_counters(before: Counts, after: Counts) -> None:
    """Adjust category counters by the difference between `before` and `after`."""
    for pk in sorted({*before, *after}):
        (threads, posts), (threads_now, posts_now) = before.get(pk, (0, 0)), after.get(pk, (0, 0))
        Category.objects.filter(pk=pk).update(
            thread_count=F("thread_count") + threads_now - threads,
            post_count=F("post_count") + posts_now - posts,
            last_thread=newest_thread(pk),
        )


def _move_subscriptions(old: Thread, new: Thread) -> None:
    """Move subscriptions to the new thread, without duplicates."""
    subscribed = Subscription.objects.filter(thread=new).values("user")
    Subscription.objects.filter(thread=old).exclude(user__in=subscribed).update(thread=new)
    Subscription.objects.filter(thread=old).delete()


def _forbid_aliases(posts: Any) -> None:
    """Raise ValidationError for anonymous posts: aliases are numbered per thread, so moving them could reveal their authors."""
    if posts.filter(alias__isnull=False).exists():
        raise ValidationError("This thread has anonymous posts, which can’t be moved between threads.")


def _forbid_unread(thread: Thread, category: Category) -> None:
    """Raise ValidationError if unread posts would enter a category where a clinician reads every post first."""
    unread = Post.objects.filter(thread=thread).with_unread_text().count()
    if category.reviews_first and unread:
        posts = "1 post in this thread hasn’t" if unread == 1 else f"{unread} posts in this thread haven’t"
        raise ValidationError(
            f"{posts} been read by a clinician yet. Read every post first: “{category.title}” shows only posts that have "
            "been read."
        )


def _hidden_from_visitors(thread: Thread) -> bool:
    return thread.members_only or thread.category.members_only


def _lock_both(one: Thread, other: Thread) -> list[Thread]:
    """Lock two threads, lower key first, so that two moderators merging the same threads do not deadlock."""
    numbers = [one.pk, other.pk]
    return list(Thread.objects.filter(pk__in=numbers).order_by("pk").select_for_update(no_key=True))


def _thread_for_update(thread: Thread, by: User) -> Thread:
    return _check_permission(Thread.objects.select_for_update(no_key=True).get(pk=thread.pk), by)


def _check_permission(thread: Thread, by: User) -> Thread:
    if not can_lock_thread(by, thread):
        raise PermissionDenied
    return thread


def _log(
    thread: Thread, action: str, by: User, reason: str = "", other: Thread | None = None, **details: object
) -> ThreadLogEntry:
    page_cache.clear_on_commit()
    row = {"action": action, "reason": reason, "other": other, "details": details}
    return thread.log_entries.create(by=by, credential=required_credential(by), **row)
