"""Keep what is derived from a post's visible text in step: citations, search index, counters, thread title, pinned answer."""

from django.db.models import BigIntegerField, F, Subquery
from django.db.models.functions import Cast, Coalesce, Greatest

from core import page_cache
from forum.models import Category, Post, Thread, ThreadLogEntry
from forum.publishing import search_index
from forum.publishing.guide_citations import sync_citations
from forum.publishing.visible_text import public_text

NO_TITLE = "A thread whose first post was removed"


def sync_public_state(post: Post) -> None:
    """Bring everything derived from a post into line with its row, after any change to what readers see of it.

    Call it once, inside the transaction of the change; the caller holds the locks of the thread and the post. Calling it
    again changes nothing. The row in the search index says whether the post is counted, so both always change together.
    """
    sync_citations(post)
    if post.position == 1:
        _sync_title(post)
    step = _sync_index(post)
    if step:
        _count(post, step)
    _drop_cached_pages(post, step)


def pinned_answer(thread_id: int) -> Coalesce:
    """Select the answer a moderator marked last if it is readable, else the first clinician's answer to another member.

    An anonymous opening post counts as another member's: otherwise a thread without an answer would tell that a clinician
    who posts there by name also asked.
    """
    answers = Post.objects.filter(thread=thread_id, state=Post.State.PUBLISHED).exclude(written_as_clinician="")
    marks = ThreadLogEntry.objects.filter(thread=thread_id, action=ThreadLogEntry.Action.ANSWER).order_by("-pk")
    last_mark = marks.values(marked=Cast("details__post", BigIntegerField()))[:1]
    marked = answers.filter(pk=Subquery(last_mark))
    asker = Post.objects.filter(thread=thread_id, position=1, alias__isnull=True).values("author")
    first = answers.exclude(author__in=asker).order_by("position")
    return Coalesce(Subquery(marked.values("pk")[:1]), Subquery(first.values("pk")[:1]))


def newest_thread(category_id: int) -> Subquery:
    """Select the readable thread of a category with the latest post."""
    threads = Thread.objects.published().filter(category=category_id).newest_first()
    return Subquery(threads.values("pk")[:1])


def _sync_title(post: Post) -> None:
    """Copy the opening post's title to the thread. Guide pages list thread titles, so their cache is cleared."""
    thread, title = post.thread, _title(post)
    if title == thread.title:
        return
    Thread.objects.filter(pk=thread.pk).update(title=title)
    if thread.title:  # a newly public thread is on no cached page
        page_cache.clear_on_commit()
    thread.title = title


def _title(post: Post) -> str:
    """Return the thread's title; a thread that was split off keeps the title that the moderator gave it."""
    if post.state != Post.State.PUBLISHED or post.live_revision is None:
        return NO_TITLE
    splits = ThreadLogEntry.objects.filter(other=post.thread_id, action=ThreadLogEntry.Action.SPLIT)
    given = splits.values_list("details__title", flat=True).first()
    return given or public_text(post.live_revision)["title"]


def _sync_index(post: Post) -> int:
    """Write or delete the post's row; return 1 if the post became public, -1 if it stopped being public, else 0."""
    if post.state == Post.State.PUBLISHED:
        return int(search_index.index_post(post))
    return -int(search_index.unindex_post(post))


def _count(post: Post, step: int) -> None:
    """Change the counters by the difference, so that a thread of 50,000 posts is not recounted."""
    last = {"last_position": Greatest("last_position", post.position), "last_post_at": _latest(post)}
    answer = {"answer": pinned_answer(post.thread_id)} if post.written_as_clinician else {}
    Thread.objects.filter(pk=post.thread_id).update(post_count=F("post_count") + step, **last, **answer)
    category = post.thread.category_id
    changed = {"post_count": F("post_count") + step, "last_thread": newest_thread(category)}
    Category.objects.filter(pk=category).update(**changed)


def _drop_cached_pages(post: Post, step: int) -> None:
    """Drop visitors' pages with this post; when it stops being public those of the whole site, to be sure of each copy."""
    scopes = [page_cache.THREAD_LISTS, page_cache.thread_scope(post.thread_id)] if step >= 0 else []
    page_cache.clear_on_commit(*scopes)


def _latest(post: Post) -> Greatest:
    """PostgreSQL's GREATEST ignores NULL, which a thread without posts has."""
    return Greatest("last_post_at", post.published_at)
