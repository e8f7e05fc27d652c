"""The moves that posting and moderation share: from state to state, into the public and out of it, counters included."""

from django.db.models import F
from django.utils import timezone

from forum.models import Category, Post, PostRevision, Thread


class IllegalMove(ValueError):
    """The row is in no state from which this can happen; somebody else was quicker."""


def move(row: Thread | Post | PostRevision, to: str, **also: object) -> None:
    """Change a row's state along its TRANSITIONS; the caller holds its lock. Raises IllegalMove."""
    if to not in row.TRANSITIONS[row.state]:  # type: ignore[index]
        raise IllegalMove(f"{row} cannot become “{to}”.")
    row.state = to
    for name, value in also.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *also])


def publish(revision: PostRevision) -> None:
    """Make an approved revision what readers see. The caller holds the locks of thread and post.

    A post's first publication gives it its position and its time, by which everything orders it; an edit changes neither.
    """
    post, thread = revision.post, revision.post.thread
    if post.position is not None:
        _show_edit(post, revision)
        return
    # Taken before the time is: so the thread that is written into the room last has the latest time too.
    Category.objects.select_for_update(no_key=True).get(pk=thread.category_id)
    now = timezone.now()
    thread.last_position += 1
    place = {"position": thread.last_position, "published_at": now, "live_revision": revision}
    move(post, Post.State.PUBLISHED, **place)
    if thread.state == Thread.State.WAITING:
        move(thread, Thread.State.OPEN, title=revision.title, published_at=now, last_post_at=now)
        Category.objects.filter(pk=thread.category_id).update(thread_count=F("thread_count") + 1)
    thread.last_post_at, thread.post_count = now, thread.post_count + 1
    if post.written_as_clinician and thread.answer_id is None and post.author_id != thread.author_id:
        thread.answer = post
    thread.save(update_fields=["last_position", "last_post_at", "post_count", "answer"])
    Category.objects.filter(pk=thread.category_id).update(post_count=F("post_count") + 1, last_thread=thread)


def _show_edit(post: Post, revision: PostRevision) -> None:
    post.live_revision, post.edited_at = revision, timezone.now()
    post.save(update_fields=["live_revision", "edited_at"])
    if revision.title and post.position == 1:
        Thread.objects.filter(pk=post.thread_id).update(title=revision.title)


def take_from_counters(post: Post) -> None:
    """After a published post became a tombstone."""
    _count(post, -1)


def add_to_counters(post: Post) -> None:
    """After a tombstone was restored."""
    _count(post, 1)


def _count(post: Post, step: int) -> None:
    Thread.objects.filter(pk=post.thread_id).update(post_count=F("post_count") + step)
    Category.objects.filter(threads=post.thread_id).update(post_count=F("post_count") + step)
