"""What a member keeps: places in threads, bookmarks, what they follow; and signs of support. Each act may be repeated."""

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
    """Up to this position, or the thread's last where it is beyond. Never back, however late a browser's word arrives."""
    reached = min(position, thread.last_position)
    if reached < 1:
        return
    mark, new = ReadMark.objects.get_or_create(user=by, thread=thread, defaults={"position": reached})
    if not new and mark.position < reached:
        ReadMark.objects.filter(pk=mark.pk).update(position=Greatest(F("position"), reached))


@transaction.atomic
def follow_thread(thread: Thread, *, by: User, on: bool) -> None:
    _keep(Subscription.objects.filter(user=by, thread=thread), on=on, user=by, thread=thread)


@transaction.atomic
def follow_category(category: Category, *, by: User, on: bool) -> None:
    _keep(Subscription.objects.filter(user=by, category=category), on=on, user=by, category=category)


@transaction.atomic
def bookmark(post: Post, *, by: User, on: bool) -> None:
    _keep(Bookmark.objects.filter(user=by, post=post), on=on, user=by, post=post)


@transaction.atomic
def react(post: Post, *, by: User, kind: str, on: bool) -> None:
    """Give a sign, or take it back (that is possible always). Raises PermissionDenied."""
    post = Post.objects.select_for_update(no_key=True, of=("self",)).select_related("author").get(pk=post.pk)
    if on and not can_react_to_post(by, post):
        raise PermissionDenied
    _keep(Reaction.objects.filter(post=post, by=by, kind=kind), on=on, post=post, by=by, kind=kind)


def _keep(rows: Any, *, on: bool, **fields: object) -> None:
    """One row with these fields, or none."""
    if on:
        rows.model.objects.get_or_create(**fields)
    else:
        rows.delete()
