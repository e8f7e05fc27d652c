"""Pages of threads and posts, each one range scan of an index: no OFFSET and no COUNT, however long the thread."""

from dataclasses import dataclass

from core.params import int_or_none
from core.requests import AnyUser
from forum.models import Post, Thread, ThreadLogEntry
from forum.threads.annotations import merged_thread, posts_as_read_by

PER_PAGE = 20


@dataclass(frozen=True)
class Page:
    """Posts of one page of a thread, with what a reader needs to turn it."""

    posts: list[Post]
    number: int
    last: int

    @property
    def jumps(self) -> list[int]:
        """A few pages, evenly spread, to jump to: however long the thread, at most seven links."""
        return sorted({1 + (self.last - 1) * step // 6 for step in range(7)})


def page_of(position: int) -> int:
    return (position - 1) // PER_PAGE + 1


def address_of(post: Post) -> str:
    """Its page of the thread, and its place there."""
    page = page_of(post.position or 1)
    query = f"?page={page}" if page > 1 else ""
    return f"{post.thread.get_absolute_url()}{query}#post-{post.position}"


def place_after_merge(pk: int, page: str, user: AnyUser) -> str:
    """Where the posts of that page of a merged thread stand now. Raises Http404 where this person may not read them."""
    into = merged_thread(pk, user)
    act = ThreadLogEntry.objects.filter(thread=pk, action=ThreadLogEntry.Action.MERGED).last()
    moved = act.details.get("posts", []) if act else []
    at = ((int_or_none(page, digits=len(str(len(moved))) + 1) or 1) - 1) * PER_PAGE
    there = Post.objects.filter(pk__in=moved[at : at + PER_PAGE], thread=into, position__isnull=False)
    first = there.select_related("thread").order_by("position").first()
    return address_of(first) if first else into.get_absolute_url()


def posts_of_page(thread: Thread, number: str, user: AnyUser) -> Page:
    """Page `number` by position; a number that does not exist gives the nearest page that does."""
    last = page_of(max(thread.last_position, 1))
    wanted = min(int_or_none(number, digits=len(str(last)) + 1) or 1, last)
    first = (wanted - 1) * PER_PAGE + 1
    posts = Post.objects.in_thread(thread).select_related("author", "live_revision", "quoted__author")
    posts = posts_as_read_by(user, posts)
    return Page(list(posts.between(first, first + PER_PAGE - 1)), wanted, last)
