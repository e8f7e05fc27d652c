"""The index, the lists of threads and the bookmarks: newest first by keys, right even while posts arrive between two pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from accounts.models import Credential
from forum.threads.annotations import with_place_of
from forum.models import Appeal, Bookmark, Category, DecisionQuestion, Duty, Post, ReadOnlyPeriod, Subscription, Thread
from forum.threads.pagination import PER_PAGE

FILTERS = {"unanswered": "Unanswered", "answered": "Answered by a clinician"}
APPEALED = {
    "open": "your appeal waits for another clinician",
    "upheld": "your appeal is answered: the decision stands",
    "overturned": "your appeal is answered: the decision was changed",
}
MEMBERS_FILTERS = {"mine": "Mine", "unread": "Unread", "following": "Following"}


@dataclass(frozen=True)
class Key:
    """Where a page of threads begins: after this moment and number, in the order that held at `as_of`."""

    moment: datetime
    pk: int
    as_of: datetime

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}_{self.pk}_{self.as_of.isoformat()}"


def key_from(text: str) -> Key | None:
    """None for what is no key: the first page is shown then."""
    moment, pk, as_of = [*text.replace(" ", "+").split("_"), "", "", ""][:3]
    known, seen = _moment(moment), _moment(as_of)
    if not (known and seen and pk.isdecimal() and len(pk) < 19):  # noqa: PLR2004
        return None
    return Key(known, int(pk), seen)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if timezone.is_aware(found) else None


def filters_for(user: Any) -> dict[str, str]:
    return FILTERS | MEMBERS_FILTERS if user.is_authenticated else FILTERS


def threads_page(category: Category, user: Any, *, show: str, before: str) -> tuple[list[Thread], str]:
    """Threads by last publication, newest first, and the key of the next page or an empty string.

    A thread that was answered since the first page was opened stands where it stood then: it is neither lost nor shown twice.
    """
    key = key_from(before)
    rows = with_place_of(user, Thread.objects.visible_to(user).filter(category=category)).select_related("author")
    rows = _chosen(rows, user, show if show in filters_for(user) else "").newest_first()
    as_of = key.as_of if key else timezone.now()
    found = _after(rows, key) if key else [(t.last_post_at, t.pk, t) for t in rows[: PER_PAGE + 1]]
    found = sorted(found, key=lambda place: place[:2], reverse=True)
    threads = [thread for _, _, thread in found[:PER_PAGE]]
    if len(found) <= PER_PAGE:
        return threads, ""
    moment, pk, _ = found[PER_PAGE - 1]
    return threads, str(Key(moment, pk, as_of))


def _after(rows: Any, key: Key) -> list[tuple[datetime, int, Thread]]:
    """Two range scans in one query: threads that stayed where they were, and the few that moved up since."""
    behind = Q(last_post_at__lt=key.moment) | Q(last_post_at=key.moment, pk__lt=key.pk)
    quiet = rows.filter(behind, last_post_at__lte=key.moment).annotate(was=F("last_post_at"))[: PER_PAGE + 1]
    posts = Post.objects.filter(thread=OuterRef("pk"), position__isnull=False, published_at__lte=key.as_of)
    was = Subquery(posts.order_by("-position").values("published_at")[:1])
    stood = Q(was__lt=key.moment) | Q(was=key.moment, pk__lt=key.pk)
    moved = rows.filter(last_post_at__gt=key.as_of).annotate(was=was).filter(stood).order_by("-was", "-pk")
    return [(t.was, t.pk, t) for t in quiet.union(moved[: PER_PAGE + 1], all=True)]


def _chosen(rows: Any, user: Any, show: str) -> Any:
    if show == "unanswered":
        return rows.filter(post_count__lte=1)
    if show == "answered":
        return rows.filter(answer__isnull=False)
    if show == "mine":
        return rows.filter(Exists(Post.objects.filter(author=user.pk, thread=OuterRef("pk"), position__isnull=False)))
    if show == "unread":
        return rows.filter(Q(read_to__isnull=True) | Q(read_to__lt=F("last_position")))
    return rows.filter(followed=True) if show == "following" else rows


def categories_for(user: Any) -> QuerySet[Category]:
    """The rooms, each with the last thread this person may see; in each too who is on duty, and whether nothing new is taken."""
    seen = Thread.objects.visible_to(user).filter(category=OuterRef("pk")).newest_first()
    latest = JSONObject(pk="pk", title="title", at="last_post_at")
    read_only = Exists(ReadOnlyPeriod.objects.running())
    return Category.objects.annotate(
        latest=Subquery(seen.values(json=latest)[:1]), duties=ArraySubquery(_duties()), read_only=read_only
    )


def _duties() -> QuerySet[Any]:
    """Duties that run or are to come, the next first; only of moderators whose licence is checked and in force."""
    now = timezone.now()
    licence = Credential.objects.of_moderators().filter(user=OuterRef("moderator")).order_by("pk")
    found = Duty.objects.filter(ends_at__gt=now).annotate(profession=Subquery(licence.values("profession")[:1]))
    found = found.filter(profession__isnull=False).order_by("starts_at")[:8]
    named = JSONObject(name="moderator__display_name", profession="profession", starts="starts_at", ends="ends_at")
    return found.values(json=named)


def on_duty(categories: list[Any]) -> tuple[list[dict[str, Any]], datetime | None]:
    """Who is on duty now; and where nobody is, when the next begins, or None."""
    now, duties = timezone.now(), categories[0].duties if categories else []
    starts = [datetime.fromisoformat(duty["starts"]) for duty in duties]
    there = [duty for duty, start in zip(duties, starts, strict=True) if start <= now]
    return there, min(starts, default=None) if not there else None


def with_following(user: Any) -> QuerySet[Category]:
    follows = Subscription.objects.filter(user=user.pk, category=OuterRef("pk"))
    return Category.objects.annotate(followed=Exists(follows)) if user.is_authenticated else Category.objects.all()


def with_appeal_status(posts: Any) -> Any:
    """One's own posts, each with where its last appeal stands, or else its last question; in words."""
    appeals = Appeal.objects.filter(decision__revision__post=OuterRef("pk")).order_by("-pk")
    states = [When(state=state, then=Value(words)) for state, words in APPEALED.items()]
    asked = DecisionQuestion.objects.filter(decision__revision__post=OuterRef("pk")).order_by("-pk")
    waits = Case(When(answered_at=None, then=Value("your question waits")), default=Value("your question is answered"))
    appealed = appeals.annotate(words=Case(*states, output_field=CharField())).values("words")[:1]
    asking = asked.annotate(words=waits).values("words")[:1]
    return posts.annotate(asked=Coalesce(Subquery(appealed), Subquery(asking)))


def bookmarks_page(user: Any, *, before: str) -> tuple[list[Bookmark], str]:
    """One's bookmarks, newest first, of posts that can still be read, and the key of the next page."""
    readable = Post.objects.readable_by(user)
    rows = Bookmark.objects.filter(user=user, post__in=readable).order_by("-pk")
    rows = rows.select_related("post__thread", "post__author")
    if before.isdecimal() and len(before) < 19:  # noqa: PLR2004
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PER_PAGE + 1])
    return found[:PER_PAGE], str(found[PER_PAGE - 1].pk) if len(found) > PER_PAGE else ""
