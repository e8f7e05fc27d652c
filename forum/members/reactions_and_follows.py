"""Read marks, subscriptions, bookmarks and reactions. Every function is idempotent."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from accounts.models import User
from forum.models import Bookmark, Category, Post, Reaction, ReadMark, Subscription, Thread
from forum.permissions import can_react_to_post


@transaction.atomic
def mark_read(thread: Thread, *, by: User, position: int) -> None:
    """Mark a thread as read up to `position`, at most its last. Never moves back, however late a request arrives."""
    reached = min(position, thread.last_position)
    if reached < 1:
        return
    mark, new = ReadMark.objects.get_or_create(user=by, thread=thread, defaults={"position": reached})
    if not new and mark.position < reached:
        ReadMark.objects.filter(pk=mark.pk).update(position=Greatest(F("position"), reached))


@transaction.atomic
def follow_thread(thread: Thread, *, by: User, on: bool) -> None:
    _set_row(Subscription.objects.filter(user=by, thread=thread), on=on, user=by, thread=thread)


@transaction.atomic
def follow_category(category: Category, *, by: User, on: bool) -> None:
    _set_row(Subscription.objects.filter(user=by, category=category), on=on, user=by, category=category)


@transaction.atomic
def bookmark(post: Post, *, by: User, on: bool) -> None:
    _set_row(Bookmark.objects.filter(user=by, post=post), on=on, user=by, post=post)


@transaction.atomic
def react(post: Post, *, by: User, kind: str, on: bool) -> None:
    """Add or withdraw a reaction; withdrawing is always possible. Raise PermissionDenied."""
    post = Post.objects.select_for_update(no_key=True, of=("self",)).select_related("author", "thread").get(pk=post.pk)
    if on and not can_react_to_post(by, post, kind):
        raise PermissionDenied
    _set_row(Reaction.objects.filter(post=post, by=by, kind=kind), on=on, post=post, by=by, kind=kind)


def _set_row(rows: Any, *, on: bool, **fields: object) -> None:
    """Create the row with these fields, or delete it."""
    if on:
        rows.model.objects.get_or_create(**fields)
    else:
        rows.delete()
