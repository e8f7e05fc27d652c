"""The forum index, thread lists and bookmarks. Keyset pages stay correct while posts arrive between two requests."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from accounts.models import Credential, User
from core.kept_query import KeptQuery
from core.pagination import NEWEST_FIRST, Page, cut, decode, encode
from core.params import int_or_none, moment_or_none
from core.requests import AnyUser
from forum.models import (
    Appeal,
    Bookmark,
    Category,
    Decision,
    DecisionQuestion,
    Duty,
    Post,
    ReadOnlyPeriod,
    StandingThread,
    Subscription,
    Thread,
)
from forum.threads.annotations import VISITOR, stand_in, unread_posts, with_read_state, with_summary
from forum.threads.pagination import PER_PAGE

FILTERS = {
    "unanswered": "No replies yet",
    "waiting": "Not yet answered by a clinician",
    "answered": "Answered by a clinician",
}
APPEALED = {
    "open": "your appeal is waiting for another clinician",
    "upheld": "your appeal was answered: the decision stands",
    "overturned": "your appeal was answered: the decision was changed",
}
MEMBERS_FILTERS = {"for-you": "New for you", "mine": "Mine", "unread": "Unread", "following": "Following"}
# Of the forum's home: filter and number of threads.
INDEX_LISTS = {"latest": ("", 8), "unanswered": ("waiting", 5), "for_you": ("for-you", 5)}


def filters_for(user: AnyUser) -> dict[str, str]:
    return FILTERS | MEMBERS_FILTERS if user.is_authenticated else FILTERS


def threads_page(category: Category | None, user: AnyUser, *, show: str, before: str) -> Page[Thread]:
    """Return a page of the threads of one category, or of all, by last publication, newest first.

    A thread with a new post since the first page was opened keeps the place it had then: it is neither lost nor shown twice. The
    cursor holds the time and pk of the last thread, and the moment at which the first page was opened.
    """
    cursor = decode(before, moment_or_none, int_or_none, moment_or_none)
    kind = ListKind(user.is_authenticated, category is not None, show if show in filters_for(user) else "")
    given: list[Any] = [user.pk, user.date_joined] if user.is_authenticated else []
    given += [category.pk] if category else []
    as_of = cursor[2] if cursor else timezone.now()
    if cursor:
        found = [(t.earlier, t.pk, t) for t in _later_page(kind)(*given, *cursor)]
    else:
        found = [(t.last_post_at, t.pk, t) for t in _first_page(kind)(*given)]
    found = sorted(found, key=lambda place: place[:2], reverse=True)
    page = cut(found, PER_PAGE, lambda place: encode(*place[:2], as_of))
    return Page([thread for _, _, thread in page.rows], page.next_cursor)


class ListKind(NamedTuple):
    """What the SQL of a list depends on. Its arguments: a member's pk and the time they joined, then the category's pk."""

    is_member: bool
    in_category: bool
    show: str

    @property
    def types(self) -> list[type]:
        return [int, datetime] * self.is_member + [int] * self.in_category


@cache
def _first_page(kind: ListKind) -> KeptQuery[Any]:
    return KeptQuery(lambda *given: _rows(kind, given)[: PER_PAGE + 1], *kind.types)


@cache
def _later_page(kind: ListKind) -> KeptQuery[Any]:
    """Return a query whose last three arguments are the values of a cursor."""
    cursor = (datetime, int, datetime)
    return KeptQuery(lambda *given: _after(_rows(kind, given[:-3]), *given[-3:]), *kind.types, *cursor)


def _rows(kind: ListKind, given: Sequence[Any]) -> Any:
    user = stand_in(*given[:2]) if kind.is_member else VISITOR
    rows: Any = list_rows(user)
    rows = rows.filter(category=given[-1]) if kind.in_category else rows
    return _filtered(rows, user, kind.show).newest_first()


def list_rows(user: AnyUser) -> QuerySet[Thread]:
    """Return the threads that this user may read, with everything that a list shows."""
    rows = with_read_state(user, Thread.objects.visible_to(user)).select_related("category")
    return with_summary(user, rows)


def index_lists(user: AnyUser) -> dict[str, list[Thread]]:
    """Return the lists of the forum's home by name; `for_you` is what is new where a member takes part."""
    given = [user.pk, user.date_joined] if user.is_authenticated else []
    return {
        name: _short_list(ListKind(bool(given), False, show), size)(*given)
        if given or show not in MEMBERS_FILTERS
        else []
        for name, (show, size) in INDEX_LISTS.items()
    }


@cache
def _short_list(kind: ListKind, size: int) -> KeptQuery[Any]:
    return KeptQuery(lambda *given: _rows(kind, given)[:size], *kind.types)


def _after(rows: Any, moment: datetime, pk: int, as_of: datetime) -> Any:
    """Two range scans in one query: threads that did not move, and the few that moved up since."""
    behind = Q(last_post_at__lt=moment) | Q(last_post_at=moment, pk__lt=pk)
    quiet = rows.filter(behind, last_post_at__lte=moment).annotate(earlier=F("last_post_at"))[: PER_PAGE + 1]
    posts = Post.objects.filter(thread=OuterRef("pk"), position__isnull=False, published_at__lte=as_of)
    earlier = Subquery(posts.order_by("-position").values("published_at")[:1])
    not_shown = Q(earlier__lt=moment) | Q(earlier=moment, pk__lt=pk)
    moved = rows.filter(last_post_at__gt=as_of).annotate(earlier=earlier).filter(not_shown).order_by("-earlier", "-pk")
    return quiet.union(moved[: PER_PAGE + 1], all=True)


def _filtered(rows: Any, user: AnyUser, show: str) -> Any:
    """Apply one of `filters_for`; an unknown one selects all."""
    not_standing = ~Exists(StandingThread.objects.filter(thread=OuterRef("pk")))  # PostgreSQL can estimate its rows
    conditions: dict[str, Any] = {
        "unanswered": Q(post_count__lte=1),
        "waiting": Q(answer__isnull=True, state=Thread.State.OPEN, category__clinical=True) & not_standing,
        "answered": Q(answer__isnull=False),
    }
    if user.is_authenticated:
        unread, mine = Q(Exists(unread_posts(user))), Q(Exists(_own_posts(user)))
        for_you = unread & (Q(followed=True) | mine)
        conditions |= {"for-you": for_you, "mine": mine, "unread": unread, "following": Q(followed=True)}
    return rows.filter(conditions[show]) if show in conditions else rows


def _own_posts(user: AnyUser) -> QuerySet[Post]:
    return Post.objects.filter(author=user.pk, thread=OuterRef("pk"), position__isnull=False)


def categories_with_duties() -> list[Category]:
    """Return the categories, each with who is on duty, and the read-only flag."""
    return CATEGORIES_WITH_DUTIES(timezone.now())


def latest_by_category() -> list[Category]:
    """Return the public categories with a thread, the one with the latest post first. The same for every reader."""
    found = [category for category in CATEGORIES_WITH_LATEST() if category.latest]
    return sorted(found, key=lambda category: category.latest["at"], reverse=True)


def with_duties(at: datetime) -> QuerySet[Any]:
    read_only = Exists(ReadOnlyPeriod.objects.running())
    return Category.objects.annotate(duties=ArraySubquery(_duties(at)), read_only=read_only)


def with_latest() -> QuerySet[Any]:
    seen = Thread.objects.visible_to(VISITOR).filter(category=OuterRef("pk")).newest_first()
    latest = JSONObject(pk="pk", title="title", at="last_post_at", posts="post_count", answer="answer_id")
    return Category.objects.annotate(latest=Subquery(seen.values(json=latest)[:1]))


def _duties(at: datetime) -> QuerySet[Any]:
    """Current and coming duties, next first; only of moderators whose license is verified and in force."""
    license = Credential.objects.of_moderators(at).filter(user=OuterRef("moderator")).order_by("pk")
    found = Duty.objects.filter(ends_at__gt=at).annotate(profession=Subquery(license.values("profession")[:1]))
    found = found.filter(profession__isnull=False).order_by("starts_at")[:8]
    named = JSONObject(name="moderator__display_name", profession="profession", starts="starts_at", ends="ends_at")
    return found.values(json=named)


CATEGORIES_WITH_DUTIES: KeptQuery[Any] = KeptQuery(with_duties, datetime)
CATEGORIES_WITH_LATEST: KeptQuery[Any] = KeptQuery(with_latest)


def on_duty(categories: list[Any]) -> tuple[list[dict[str, Any]], datetime | None]:
    """Return who is on duty now, and if no one is, when the next duty begins, or None."""
    now, duties = timezone.now(), categories[0].duties if categories else []
    starts = [datetime.fromisoformat(duty["starts"]) for duty in duties]
    current = [duty for duty, start in zip(duties, starts, strict=True) if start <= now]
    return current, min(starts, default=None) if not current else None


def with_following(user: AnyUser) -> QuerySet[Category]:
    follows = Subscription.objects.filter(user=user.pk, category=OuterRef("pk"))
    return Category.objects.annotate(followed=Exists(follows)) if user.is_authenticated else Category.objects.all()


def with_appeal_status(posts: Any) -> Any:
    """Annotate the author's own posts with the status of the last appeal, or else of the last question, in words."""
    appeals = Appeal.objects.filter(decision__revision__post=OuterRef("pk")).order_by("-pk")
    states = [When(state=state, then=Value(words)) for state, words in APPEALED.items()]
    asked = DecisionQuestion.objects.filter(decision__revision__post=OuterRef("pk")).order_by("-pk")
    answers = Q(decision__action=Decision.Action.MESSAGE)
    status = Case(
        When(answers, answered_at=None, then=Value("your answer is waiting")),
        When(answers, then=Value("a moderator has read your answer")),
        When(answered_at=None, then=Value("your question is waiting")),
        default=Value("your question was answered"),
    )
    appeal_status = appeals.annotate(words=Case(*states, output_field=CharField())).values("words")[:1]
    question_status = asked.annotate(words=status).values("words")[:1]
    return posts.annotate(asked=Coalesce(Subquery(appeal_status), Subquery(question_status)))


def bookmarks_page(user: User, *, before: str) -> Page[Bookmark]:
    """Return a page of the user's bookmarks of posts that are still readable, newest first."""
    rows = Bookmark.objects.filter(user=user, post__in=Post.objects.readable_by(user))
    return NEWEST_FIRST.page(rows.select_related("post__thread", "post__author"), before, size=PER_PAGE)
