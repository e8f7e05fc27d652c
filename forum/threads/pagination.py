"""Pages of a thread, each one range scan of an index: no OFFSET and no COUNT, however long the thread."""

from dataclasses import dataclass

from accounts.models import User
from core.kept_query import KeptQuery
from core.params import int_or_none
from core.requests import AnyUser
from forum.models import Post, Thread, ThreadLogEntry
from forum.models.posts import PostQuerySet
from forum.threads.annotations import VISITOR, merged_thread, posts_for_reader

PER_PAGE = 20


@dataclass(frozen=True)
class Page:
    """The posts of one page of a thread."""

    posts: list[Post]
    number: int
    last: int

    @property
    def jumps(self) -> list[int]:
        """Up to seven page numbers to link to, evenly spread."""
        return sorted({1 + (self.last - 1) * step // 6 for step in range(7)})


def page_of(position: int) -> int:
    return (position - 1) // PER_PAGE + 1


def url_in_thread(post: Post) -> str:
    """Return the URL of the post's page, with its anchor."""
    page = page_of(post.position or 1)
    query = f"?page={page}" if page > 1 else ""
    return f"{post.thread.get_absolute_url()}{query}#post-{post.position}"


def url_after_merge(pk: int, page: str, user: AnyUser) -> str:
    """Return where the posts of this page of a merged thread are now. Raise Http404 if this user may not read them."""
    target = merged_thread(pk, user)
    merge = ThreadLogEntry.objects.filter(thread=pk, action=ThreadLogEntry.Action.MERGED).last()
    moved = merge.details.get("posts", []) if merge else []
    start = ((int_or_none(page, digits=len(str(len(moved))) + 1) or 1) - 1) * PER_PAGE
    posts = Post.objects.filter(pk__in=moved[start : start + PER_PAGE], thread=target, position__isnull=False)
    first = posts.select_related("thread").order_by("position").first()
    return url_in_thread(first) if first else target.get_absolute_url()


def posts_of_page(thread: Thread, number: str, user: AnyUser) -> Page:
    """Return page `number`, or the nearest page that exists."""
    last = page_of(max(thread.last_position, 1))
    wanted = min(int_or_none(number, digits=len(str(last)) + 1) or 1, last)
    first = (wanted - 1) * PER_PAGE + 1
    place = (thread.pk, first, first + PER_PAGE - 1)
    posts = MEMBERS_POSTS(*place, user.pk) if user.is_authenticated else VISITORS_POSTS(*place)
    return Page(posts, wanted, last)


def _posts(user: AnyUser, thread: int, first: int, last: int) -> PostQuerySet:
    """Select posts of a page. The limit keeps the planner on the index."""
    posts = Post.objects.filter(thread=thread, position__gte=first, position__lte=last).order_by("position")
    posts = posts_for_reader(user, posts.select_related("author", "live_revision", "quoted__author"))
    return posts[:PER_PAGE]


VISITORS_POSTS = KeptQuery(lambda *place: _posts(VISITOR, *place), int, int, int)
MEMBERS_POSTS = KeptQuery(lambda *place_and_user: _posts(User(pk=place_and_user[3]), *place_and_user[:3]), *[int] * 4)
