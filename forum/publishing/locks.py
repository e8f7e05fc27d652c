"""Row locks of threads and posts, in the order that all code uses: author, thread, post, revision, queue item."""

from forum.models import Post, Thread


def lock_thread(thread: Thread) -> Thread:
    """Lock a thread, or the one that it was merged into. Raise Thread.DoesNotExist."""
    locked = Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
    while locked.merged_into_id is not None:
        locked = Thread.objects.select_for_update(no_key=True).get(pk=locked.merged_into_id)
    return locked


def lock_post(pk: int) -> Post:
    """Lock a post with its thread, and return the post. Raise Post.DoesNotExist.

    A merge may move the post while we wait for its thread. Once we hold the thread, it can't.
    """
    while True:
        thread = Thread.objects.select_for_update(no_key=True).get(
            pk=Post.objects.values_list("thread", flat=True).get(pk=pk)
        )
        if Post.objects.filter(pk=pk, thread=thread).exists():
            break
    post = Post.objects.select_for_update(no_key=True).get(pk=pk)
    post.thread = thread
    return post
