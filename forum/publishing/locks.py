"""Row locks of threads and posts, in the order that all code uses: author, thread, post, revision, queue item."""

from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.kept_query import KeptQuery
from forum.models import Post, Thread


def lock_thread(thread: Thread) -> Thread:
    """Lock a thread, or the one that it was merged into. Raise Thread.DoesNotExist.

    Find the other one before locking: a merge holds it while it writes to those that were merged into it earlier.
    """
    locked = next(iter(LOCKED(thread.pk)), None)
    while locked and locked.merged_into_id is not None:  # a merge was committed while we waited
        locked = Thread.objects.locked_with_category().get(pk=locked.merged_into_id)
    if locked is None:
        raise Thread.DoesNotExist
    return locked


def _present(pk: int) -> QuerySet[Thread]:
    merged = Subquery(Thread.objects.filter(pk=pk).values("merged_into"))
    return Thread.objects.locked_with_category().filter(pk=Coalesce(merged, pk))


LOCKED = KeptQuery(_present, int)


def lock_post(pk: int) -> Post:
    """Lock a post with its thread, and return the post. Raise Post.DoesNotExist.

    A merge may move the post while we wait for its thread. Once we hold the thread, it can't.
    """
    while True:
        thread = Thread.objects.locked_with_category().get(pk=Post.objects.values_list("thread", flat=True).get(pk=pk))
        if Post.objects.filter(pk=pk, thread=thread).exists():
            break
    post = Post.objects.select_for_update(no_key=True).get(pk=pk)
    post.thread = thread
    return post
