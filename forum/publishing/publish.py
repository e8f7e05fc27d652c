"""State changes that posting and moderation share; publishing and unpublishing."""

from django.db.models import F
from django.utils import timezone

from core import page_cache
from core.transitions import transition
from forum.models import Appeal, Category, ClinicalNote, Post, PostRevision, Report, Thread
from forum.publishing.public_state import sync_public_state
from forum.publishing.queue_items import sync_queue


def move(row: Thread | Post | PostRevision | Report | Appeal | ClinicalNote, to: str, **also: object) -> None:
    """Change the state of `row` and update the queue. The caller holds the row's lock. Raise IllegalTransition."""
    transition(row, to, **also)
    if isinstance(row, (Thread, ClinicalNote)):  # pages with posts are dropped by `sync_public_state`
        page_cache.clear_on_commit()
    sync_queue(row)


def publish(revision: PostRevision) -> None:
    """Make an approved revision the one that readers see. The caller holds the locks of thread and post.

    The first publication sets position and `published_at`, which order everything; an edit changes neither.
    """
    post = revision.post
    if post.position is None:
        _publish_first(revision)
    elif post.live_revision_id != revision.pk:
        _replace_live(post, revision)
    sync_public_state(post)


def _publish_first(revision: PostRevision) -> None:
    """Give the post its position; the thread's first post opens the thread."""
    post, thread = revision.post, revision.post.thread
    # Lock before taking the time, so that the last thread written to the category also has the latest time.
    Category.objects.select_for_update(no_key=True).get(pk=thread.category_id)
    now = timezone.now()
    place = {"position": thread.last_position + 1, "published_at": now, "live_revision": revision}
    move(post, Post.State.PUBLISHED, **place)
    if post.author.wants_posts_hidden:
        move(post, Post.State.AWAY)
    if thread.state == Thread.State.WAITING:
        move(thread, Thread.State.OPEN, published_at=now, last_post_at=now)
        Category.objects.filter(pk=thread.category_id).update(thread_count=F("thread_count") + 1)


def _replace_live(post: Post, revision: PostRevision) -> None:
    """Make this the live revision. A replaced one that was not read yet no longer needs reading."""
    if post.live_revision and post.live_revision.state == PostRevision.State.SHOWN:
        move(post.live_revision, PostRevision.State.SUPERSEDED)
    post.live_revision = revision
    post.edited_at = timezone.now()
    post.save(update_fields=["live_revision", "edited_at"])


def unpublish(post: Post, to: str) -> None:
    """Hide a published post from readers; its place in the thread stays."""
    move(post, to)
    sync_public_state(post)


def republish(post: Post) -> None:
    """Show an unpublished post again, in its old place."""
    move(post, Post.State.PUBLISHED)
    sync_public_state(post)
