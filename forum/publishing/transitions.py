"""The moves that posting and moderation share: from state to state, into the public and out of it."""

from django.db.models import F
from django.utils import timezone

from core.transitions import transition
from forum.models import Appeal, Category, ClinicalNote, Post, PostRevision, Report, Thread
from forum.publishing.public_state import sync_public_state
from forum.publishing.queue_items import settle


def move(row: Thread | Post | PostRevision | Report | Appeal | ClinicalNote, to: str, **also: object) -> None:
    """Change the state of `row`, and the queue with it; the caller holds its lock. Raises IllegalTransition."""
    transition(row, to, **also)
    settle(row)


def publish(revision: PostRevision) -> None:
    """Make an approved revision what readers see. The caller holds the locks of thread and post.

    A post's first publication gives it its position and its time, by which everything orders it; an edit changes neither.
    """
    post = revision.post
    if post.position is None:
        _publish_first(revision)
    else:
        undone = post.state == Post.State.HIDDEN and _was_undone(post, revision)
        if post.live_revision_id != revision.pk:
            _replace_live(post, revision)
        if undone:
            move(post, Post.State.PUBLISHED)
    sync_public_state(post)


def _publish_first(revision: PostRevision) -> None:
    """Give the post its place in the thread; the thread's first post opens the thread."""
    post, thread = revision.post, revision.post.thread
    # Locked before the time is taken: the thread that is written into the category last has the latest time too.
    Category.objects.select_for_update(no_key=True).get(pk=thread.category_id)
    now = timezone.now()
    place = {"position": thread.last_position + 1, "published_at": now, "live_revision": revision}
    move(post, Post.State.PUBLISHED, **place)
    if thread.state == Thread.State.WAITING:
        move(thread, Thread.State.OPEN, published_at=now, last_post_at=now)
        Category.objects.filter(pk=thread.category_id).update(thread_count=F("thread_count") + 1)


def _was_undone(post: Post, revision: PostRevision) -> bool:
    """Whether the post is hidden because its approval was undone, and not because a moderator looks into it."""
    live = post.live_revision
    read = (PostRevision.State.APPROVED, PostRevision.State.SHOWN)
    return live is not None and (live.pk == revision.pk or live.state not in read)


def _replace_live(post: Post, revision: PostRevision) -> None:
    """The text that it replaces need not be read afterwards any more."""
    if post.live_revision and post.live_revision.state == PostRevision.State.SHOWN:
        move(post.live_revision, PostRevision.State.SUPERSEDED)
    post.live_revision, post.edited_at = revision, timezone.now()
    post.save(update_fields=["live_revision", "edited_at"])


def revert_to(post: Post, former: PostRevision) -> None:
    """Make readers see the text before again: the approval of an edit was undone."""
    post.live_revision = former
    post.save(update_fields=["live_revision"])
    sync_public_state(post)


def unpublish(post: Post, to: str) -> None:
    """Make a published post a tombstone that keeps its place."""
    move(post, to)
    sync_public_state(post)


def republish(post: Post) -> None:
    """Make a tombstone a post that can be read again, in its old place."""
    move(post, Post.State.PUBLISHED)
    sync_public_state(post)
