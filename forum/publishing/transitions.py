"""The moves that posting and moderation share: from state to state, into the public and out of it, counters included."""

from django.db.models import F
from django.utils import timezone

from forum.models import Appeal, Category, ClinicalNote, Post, PostRevision, Report, Thread
from forum.publishing import search_index
from forum.publishing.guide_citations import cite
from forum.publishing.queue_items import settle
from forum.publishing.visible_text import public_words
from guide.review.revisions import pages_changed

NO_TITLE = "A thread whose first post was removed"


class IllegalMove(ValueError):
    """The row is in no state from which this can happen; somebody else was quicker."""


def move(row: Thread | Post | PostRevision | Report | Appeal | ClinicalNote, to: str, **also: object) -> None:
    """Change a row's state along its TRANSITIONS, and the queue with it; the caller holds its lock. Raises IllegalMove."""
    if to not in row.TRANSITIONS[row.state]:  # type: ignore[index]
        raise IllegalMove(f"{row} cannot become “{to}”.")
    row.state = to
    for name, value in also.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *also])
    settle(row)


def publish(revision: PostRevision) -> None:
    """Make an approved revision what readers see. The caller holds the locks of thread and post.

    A post's first publication gives it its position and its time, by which everything orders it; an edit changes neither.
    """
    post, thread = revision.post, revision.post.thread
    if post.position is not None:
        undone = post.state == Post.State.HIDDEN and _was_undone(post, revision)
        if post.live_revision_id != revision.pk:
            _show_edit(post, revision)
        if undone:
            unbury(post)
        return
    # Taken before the time is: so the thread that is written into the room last has the latest time too.
    Category.objects.select_for_update(no_key=True).get(pk=thread.category_id)
    now = timezone.now()
    thread.last_position += 1
    place = {"position": thread.last_position, "published_at": now, "live_revision": revision}
    move(post, Post.State.PUBLISHED, **place)
    cite(post)
    if thread.state == Thread.State.WAITING:
        move(thread, Thread.State.OPEN, title=public_words(revision)["title"], published_at=now, last_post_at=now)
        Category.objects.filter(pk=thread.category_id).update(thread_count=F("thread_count") + 1)
    thread.last_post_at, thread.post_count = now, thread.post_count + 1
    if post.written_as_clinician and thread.answer_id is None and post.author_id != thread.author_id:
        thread.answer = post
    thread.save(update_fields=["last_position", "last_post_at", "post_count", "answer"])
    Category.objects.filter(pk=thread.category_id).update(post_count=F("post_count") + 1, last_thread=thread)
    search_index.enter(post)


def _was_undone(post: Post, revision: PostRevision) -> bool:
    """Whether the post is hidden because its approval was undone, and not because a moderator looks into it."""
    live = post.live_revision
    read = (PostRevision.State.APPROVED, PostRevision.State.SHOWN)
    return live is not None and (live.pk == revision.pk or live.state not in read)


def _show_edit(post: Post, revision: PostRevision) -> None:
    """The text that it replaces need not be read afterwards any more."""
    if post.live_revision and post.live_revision.state == PostRevision.State.SHOWN:
        move(post.live_revision, PostRevision.State.SUPERSEDED)
    post.live_revision, post.edited_at = revision, timezone.now()
    post.save(update_fields=["live_revision", "edited_at"])
    cite(post)
    if revision.title and post.position == 1:
        _retitle(post, public_words(revision)["title"])
    search_index.enter(post)


def show_former(post: Post, former: PostRevision) -> None:
    """Readers see the text before again: the approval of an edit was undone."""
    post.live_revision = former
    post.save(update_fields=["live_revision"])
    cite(post)
    search_index.enter(post)
    if post.position == 1:
        _retitle(post, public_words(former)["title"])


def _retitle(post: Post, title: str) -> None:
    """The thread's title stands below pages of the guide too."""
    Thread.objects.filter(pk=post.thread_id).update(title=title)
    pages_changed()


def bury(post: Post, to: str) -> None:
    """Make a published post a tombstone. The thread's title goes with the words of its first post."""
    move(post, to)
    cite(post)
    take_from_counters(post)
    search_index.leave(post)
    if post.position == 1:
        _retitle(post, NO_TITLE)
    _find_answer(post)


def unbury(post: Post) -> None:
    """The way back, with everything that went."""
    move(post, Post.State.PUBLISHED)
    cite(post)
    add_to_counters(post)
    if post.position == 1 and post.live_revision:
        _retitle(post, public_words(post.live_revision)["title"])
    search_index.enter(post)
    _find_answer(post)


def _find_answer(post: Post) -> None:
    """Pin the first clinician's answer that can be read now; only where a clinician's post came or went."""
    if not post.written_as_clinician:
        return
    answers = Post.objects.filter(thread=post.thread_id, state=Post.State.PUBLISHED).exclude(written_as_clinician="")
    answers = answers.exclude(author=post.thread.author_id).order_by("position")
    Thread.objects.filter(pk=post.thread_id).update(answer=answers.first())


def take_from_counters(post: Post) -> None:
    """After a published post became a tombstone."""
    _count(post, -1)


def add_to_counters(post: Post) -> None:
    """After a tombstone was restored."""
    _count(post, 1)


def _count(post: Post, step: int) -> None:
    Thread.objects.filter(pk=post.thread_id).update(post_count=F("post_count") + step)
    Category.objects.filter(threads=post.thread_id).update(post_count=F("post_count") + step)
