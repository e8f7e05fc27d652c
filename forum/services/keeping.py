"""What a member keeps and gives: marks, bookmarks, follows, signs of support. Each act can be taken back by doing it again."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet

from accounts.models import User
from forum.models import Bookmark, Category, Post, Reaction, ReadMark, Subscription, Thread
from forum.permissions import can_react_to_post


@transaction.atomic
def mark_read(thread: Thread, position: int, *, by: User) -> None:
    """Read up to this position; a mark never goes back, and never beyond what there is."""
    position = min(position, thread.last_position)
    mark, _ = ReadMark.objects.select_for_update().get_or_create(
        user=by, thread=thread, defaults={"position": position}
    )
    if mark.position < position:
        mark.position = position
        mark.save(update_fields=["position", "read_at"])


@transaction.atomic
def toggle_sign(post: Post, kind: str, *, by: User) -> bool:
    """Give a sign of support, or take it back; returns whether it stands. Raises PermissionDenied.

    What was given can be taken back always: also after a block.
    """
    mine = Reaction.objects.filter(post=post, by=by, kind=kind)
    if not mine.exists() and not can_react_to_post(by, post):
        raise PermissionDenied
    return _toggle(mine, post=post, by=by, kind=kind)


@transaction.atomic
def toggle_bookmark(post: Post, *, by: User) -> bool:
    return _toggle(Bookmark.objects.filter(post=post, user=by), post=post, user=by)


@transaction.atomic
def toggle_follow(place: Thread | Category, *, by: User) -> bool:
    """Hear of new posts in a thread, or of new threads in a category, or no longer."""
    where = {"thread": place} if isinstance(place, Thread) else {"category": place}
    return _toggle(Subscription.objects.filter(user=by, **where), user=by, **where)


def _toggle(mine: QuerySet, **row: str | Model) -> bool:  # type: ignore[type-arg]
    """A second click at the same moment finds the row made and leaves it: the unique constraint decides."""
    if mine.delete()[0]:
        return False
    mine.model.objects.bulk_create([mine.model(**row)], ignore_conflicts=True)
    return True
