"""Pages of threads and posts, each one range scan of an index: no OFFSET and no COUNT, however long the thread."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.models import Barrier, Credential
from forum.models import Bookmark, Category, ClinicalNote, Decision, Duty, Post, Reaction, Subscription, Thread

PER_PAGE = 20
WEEK = timedelta(days=7)
SAMPLE = 200


@dataclass(frozen=True)
class Page:
    """Posts of one page of a thread, with what a reader needs to turn it."""

    posts: list[Post]
    number: int
    last: int

    @property
    def until(self) -> int:
        """The highest position on this page."""
        return self.posts[-1].position if self.posts else 0  # type: ignore[return-value]


def page_of(position: int) -> int:
    return (position - 1) // PER_PAGE + 1


def posts_of_page(thread: Thread, number: str, user: Any) -> Page:
    """Page `number` by position; a number that does not exist gives the nearest page that does."""
    last = page_of(max(thread.last_position, 1))
    wanted = min(max(int(number) if number.isdecimal() and len(number) < len(str(last)) + 2 else 1, 1), last)
    first = (wanted - 1) * PER_PAGE + 1
    posts = for_reader(Post.objects.in_thread(thread), user)
    return Page(list(posts.between(first, first + PER_PAGE - 1)), wanted, last)


def for_reader(posts: Any, user: Any) -> Any:
    """Each post with all that stands around it, in one query: signs, notes, why it went, and what this reader keeps.

    `kept_away` is never said of an anonymous post: it would tell who wrote it.
    """
    signs = Reaction.objects.filter(post=OuterRef("pk")).values("kind").annotate(n=Count("pk"))
    notes = ClinicalNote.objects.filter(post=OuterRef("pk"), state=ClinicalNote.State.SHOWN).order_by("made_at")
    removals = Decision.objects.filter(revision__post=OuterRef("pk"), action=Decision.Action.REMOVED).order_by("-pk")
    rows = posts.select_related("author", "live_revision", "quoted__author", "thread").annotate(
        signs=ArraySubquery(signs.values(json=JSONObject(kind="kind", n="n"))),
        shown_notes=ArraySubquery(notes.values(json=JSONObject(html="html", written_as="written_as"))),
        gone_because=Subquery(removals.values("reason")[:1]),
    )
    if not user.is_authenticated:
        return rows
    between = Q(owner=user, other=OuterRef("author")) | Q(other=user, owner=OuterRef("author"), kind=Barrier.Kind.BLOCK)
    return rows.annotate(
        my_signs=ArraySubquery(Reaction.objects.filter(post=OuterRef("pk"), by=user).values("kind")),
        bookmarked=Exists(Bookmark.objects.filter(post=OuterRef("pk"), user=user)),
        kept_away=Exists(Barrier.objects.filter(between)) & Q(alias__isnull=True),
    )


def categories_for(user: Any) -> QuerySet[Category]:
    """The rooms with their newest thread that this reader may see: members-only titles are for members."""
    newest = Thread.objects.visible_to(user).filter(category=OuterRef("pk")).newest_first()
    latest = newest.values(json=JSONObject(pk="pk", title="title", at="last_post_at"))[:1]
    return Category.objects.annotate(latest=Subquery(latest))


# What a list can be narrowed to, in the words of its links. The last three need to know who asks.
FILTERS = {
    "unanswered": "No reply yet",
    "clinician": "Answered by a clinician",
    "mine": "Mine",
    "unread": "Unread",
    "following": "Followed",
}
OF_MEMBERS = {"mine", "unread", "following"}


def filters_for(user: Any) -> dict[str, str]:
    return {key: words for key, words in FILTERS.items() if user.is_authenticated or key not in OF_MEMBERS}


def _narrowed(rows: QuerySet[Thread], show: str, user: Any) -> QuerySet[Thread]:
    """Anything that is no filter for this reader shows everything."""
    if show not in filters_for(user):
        return rows
    if show == "mine":
        return rows.filter(Exists(Post.objects.filter(thread=OuterRef("pk"), author=user)))
    asked = {
        "unanswered": Q(last_position=1),
        "clinician": Q(answer__isnull=False),
        "unread": Q(read_to__lt=F("last_position")),
        "following": Q(followed__isnull=False),
    }
    return rows.filter(asked[show])


def _without_kept_away(rows: QuerySet[Thread], user: Any) -> QuerySet[Thread]:
    """No threads of people whom one keeps away from; anonymous ones stay, as their going would tell who wrote them."""
    if not user.is_authenticated:
        return rows
    hidden = Barrier.objects.hidden_from(user)
    openings = Post.objects.filter(thread=OuterRef("pk"), position=1, alias__isnull=True, author__in=hidden)
    return rows.exclude(Exists(openings))


def threads_page(category: Category, user: Any, *, before: str, show: str = "") -> tuple[list[Thread], str]:
    """Threads by last publication, newest first, and the key of the next page or an empty string."""
    rows = Thread.objects.visible_to(user).filter(category=category).with_marks_of(user).newest_first()
    rows = _without_kept_away(_narrowed(rows, show, user), user)
    moment, _, pk = before.partition("_")
    if pk.isdecimal() and (known := _moment(moment)):
        rows = rows.filter(Q(last_post_at__lt=known) | Q(last_post_at=known, pk__lt=int(pk)))
        rows = rows.filter(last_post_at__lte=known)  # says nothing new, but an index can begin there
    found = list(rows[: PER_PAGE + 1])
    if len(found) <= PER_PAGE:
        return found, ""
    last = found[PER_PAGE - 1]
    return found[:PER_PAGE], f"{last.last_post_at.isoformat()}_{last.pk}"  # type: ignore[union-attr]


def bookmarks_page(user: Any, *, before: str) -> tuple[list[Bookmark], str]:
    """One's bookmarks, the newest first, of posts that can still be read, and the key of the next page."""
    posts = Post.objects.filter(state=Post.State.PUBLISHED, thread__in=Thread.objects.visible_to(user))
    rows = Bookmark.objects.filter(user=user, post__in=posts).select_related(
        "post__thread", "post__author", "post__live_revision"
    )
    if before.isdecimal() and len(before) < 19:  # noqa: PLR2004  digits of a PostgreSQL bigint
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: PER_PAGE + 1])
    return found[:PER_PAGE], str(found[PER_PAGE - 1].pk) if len(found) > PER_PAGE else ""


def followed_by(user: Any) -> tuple[list[Thread], list[Category]]:
    """The threads with the newest posts first, at most a hundred, and the categories."""
    threads = Thread.objects.visible_to(user).with_marks_of(user).filter(followed__isnull=False).newest_first()
    categories = Category.objects.filter(pk__in=Subscription.objects.filter(user=user).values("category"))
    return list(threads[:100]), list(categories)


@dataclass(frozen=True)
class Desk:
    """Who reads the posts now, as the public may know it."""

    waiting: timedelta | None
    on_duty: list[Credential]
    next_from: datetime | None


def desk() -> Desk:
    """Looked up at most once a minute."""
    return cache.get_or_set("forum:desk", _desk, 60)  # type: ignore[return-value]


def _desk() -> Desk:
    on_duty = list(Credential.objects.of_moderators().filter(user__duties__in=Duty.objects.now()).distinct())
    following = None if on_duty else Duty.objects.next()
    return Desk(waiting_time(), on_duty, following.starts_at if following else None)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if timezone.is_aware(found) else None


def waiting_time() -> timedelta | None:
    """The median of how long posts waited for a decision in the last seven days; None where none was decided."""
    return cache.get_or_set("forum:waiting", _waiting_time, 60)


def _waiting_time() -> timedelta | None:
    first_reading = [Decision.Action.APPROVED, Decision.Action.CHANGES, Decision.Action.REJECTED]
    recent = Decision.objects.filter(decided_at__gt=timezone.now() - WEEK, action__in=first_reading).order_by(
        "-decided_at"
    )
    waits = list(recent.values_list("waited", flat=True)[:SAMPLE])
    return median(waits) if waits else None  # type: ignore[type-var]
