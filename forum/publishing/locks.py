"""Row locks of threads and posts, in the order that all code uses: author, thread, post, revision, queue item."""

from forum.models import Post, Thread


def lock_thread(thread: Thread) -> Thread:
    """Lock a thread, or the one that it was merged into. Raise Thread.DoesNotExist.

    Find the other one before locking: a merge holds it while it writes to those that were merged into it earlier.
    """
    present = Thread.objects.values_list("merged_into", flat=True).get(pk=thread.pk) or thread.pk
    locked = Thread.objects.locked_with_category().get(pk=present)
    while locked.merged_into_id is not None:  # a merge was committed while we waited
        locked = Thread.objects.locked_with_category().get(pk=locked.merged_into_id)
    return locked


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
