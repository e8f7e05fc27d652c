"""Forum search. Matches come from the index; results show the posts as they are now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from html import unescape
from operator import itemgetter
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import Exists, F, Func, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from core.html_text import LIST_NUMBER, TAG, shorten
from core.kept_query import KeptQuery
from core.requests import AnyUser
from core.search_excerpts import CLOSE, OPEN, best_excerpt, mark_like
from core.search_text import fold, fold_query, with_plain_marks
from forum.models import Category, Post, SearchEntry
from forum.models.search import SearchEntryQuerySet
from forum.text.unicode_sanitizer import strip_unsafe_characters
from forum.threads.annotations import VISITOR, with_blocks
from guide.search.correction import correct
from guide.search.query import MAX_QUERY

PER_PAGE = 20
NEWEST = 1000  # matches that are ranked and paged: a common word costs no more than a rare one
MAX_WORDS = 12  # at most, when searching for any of them
KEYS = [int] * PER_PAGE
OPERATORS = re.compile(r'["“”]|(^|\s)-')
PERIODS = {"week": timedelta(days=7), "month": timedelta(days=31), "year": timedelta(days=365)}
WEIGHTS = [0.1, 0.2, 0.4, 1.0]  # D (words), C, B (warnings), A (titles)
OPENING_LENGTH = 240  # characters, shown where no words were searched for


@dataclass(frozen=True)
class Criteria:
    """What to search for. Days are UTC and inclusive; `as_of` keeps pages steady while posts arrive."""

    query: str = ""
    category: Category | None = None
    author: User | None = None
    clinician: bool = False
    period: str = ""
    since: date | None = None
    until: date | None = None
    newest_first: bool = False
    page: int = 1
    as_of: datetime | None = None

    @property
    def has_filters(self) -> bool:
        return any((self.category, self.author, self.clinician, self.period, self.since, self.until))

    @property
    def has_any(self) -> bool:
        return bool(self.query) or self.has_filters


@dataclass(frozen=True)
class Results:
    """`partly`: no post has all the words, these have some. `corrected`: the spelling that was searched for instead."""

    posts: list[Post]
    as_of: datetime
    page: int = 1
    more: bool = False
    partly: bool = False
    corrected: str = ""

    @property
    def next(self) -> int | None:
        """The number of the next page; None after NEWEST matches."""
        return self.page + 1 if self.more and self.page * PER_PAGE < NEWEST else None

    @property
    def moment(self) -> int:
        """`as_of` as links carry it: microseconds since 1970."""
        return (self.as_of - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def clean(query: str) -> str:
    """Remove characters that PostgreSQL can't store or that disturb the page, collapse spaces, cut to MAX_QUERY characters."""
    text = strip_unsafe_characters(query[: 4 * MAX_QUERY])
    return " ".join(text.split())[:MAX_QUERY]


def searchable_categories(user: AnyUser) -> QuerySet[Category]:
    categories = Category.objects.all()
    return categories if user.is_authenticated else categories.filter(members_only=False)


def author_by_name(name: str, user: AnyUser) -> User | None:
    """Return the member with this current name who has a post by name that `user` may read, or None.

    So a member who never posted, or only anonymously, is no different from a name that no one has. Blocks make no difference
    either: their posts are listed collapsed, as in a thread.
    """
    by_name = Post.objects.readable_by(user).filter(author=OuterRef("pk"), alias__isnull=True)
    people = User.objects.present().annotate(lower=Lower("display_name"))
    return people.filter(Exists(by_name), lower=name.lower()).first()


def search(criteria: Criteria, user: AnyUser) -> Results:
    """Return one page: posts with all words; else with all words of a corrected spelling; else with any of the words."""
    as_of = criteria.as_of or timezone.now()
    if not criteria.has_any:
        return Results([], as_of)
    words, corrected, partly = fold_query(criteria.query) or criteria.query, "", False
    keys = _keys(criteria, user, as_of, words)
    plain = not OPERATORS.search(criteria.query)  # with search operators, take the query literally
    if not keys and plain and (corrected := correct(criteria.query)):
        words = fold_query(corrected)
        keys = _keys(criteria, user, as_of, words)
        corrected = corrected if keys else ""
    if not keys and plain and (some := _any_word(criteria.query)):
        words, partly = some, True
        keys = _keys(criteria, user, as_of, words)
    posts = _posts(keys[:PER_PAGE], words, user)
    return Results(posts, as_of, criteria.page, len(keys) > PER_PAGE, partly and bool(keys), corrected)


def _tsquery(words: str) -> SearchQuery:
    """Query in web search syntax: all words, "exact words", -without, one or other."""
    return SearchQuery(words, config="english", search_type="websearch")


def _any_word(query: str) -> str:
    """Return a query for any of the words; empty for a single word, for which was searched already."""
    words = [word for word in re.findall(r"\w+", fold(query).lower()) if word != "or"][:MAX_WORDS]
    return " or ".join(words) if words[1:] else ""


def _keys(criteria: Criteria, user: AnyUser, as_of: datetime, words: str) -> list[int]:
    """Return the pks of this page's posts and one more if there is one: by time, or by rank among the newest matches."""
    if words and not (criteria.newest_first or criteria.has_filters):
        found = plain_search(user.is_authenticated)(as_of, words)
    else:
        found = list(matches(_filtered(criteria, as_of).visible_to(user), words, ranked=not criteria.newest_first))
    keys = [pk for pk, _ in sorted(found, key=itemgetter(1), reverse=True)]  # stable: in a tie, the newer one
    first = (criteria.page - 1) * PER_PAGE
    return keys[first : first + PER_PAGE + 1]


def matches(rows: SearchEntryQuerySet, words: str, *, ranked: bool) -> QuerySet[SearchEntry, tuple[int, float]]:
    """Select pk and rank of the newest rows with these words.

    Not of one page only: with a small LIMIT the planner would scan the table by time for a rare word.
    """
    rank: Any = Value(0.0)
    if words:
        rows = rows.filter(document=_tsquery(words))
    if words and ranked:
        rank = SearchRank(F("document"), _tsquery(words), weights=WEIGHTS, normalization=1, cover_density=True)
    return rows.newest(NEWEST + 1).annotate(rank=rank).values_list("pk", "rank")


@cache
def plain_search(is_member: bool) -> KeptQuery[tuple[int, float]]:
    """The usual search, composed once."""
    rows = SearchEntry.objects.visible_to(User() if is_member else VISITOR)
    return KeptQuery(lambda at, words: matches(rows.filter(published_at__lte=at), words, ranked=True), datetime, str)


def _filtered(criteria: Criteria, as_of: datetime) -> SearchEntryQuerySet:
    """Apply the filters. A name never finds posts under an alias."""
    rows = SearchEntry.objects.filter(published_at__lte=as_of)
    if criteria.category:
        rows = rows.filter(category=criteria.category)
    if criteria.author:
        rows = rows.filter(post__author=criteria.author, post__alias__isnull=True)
    if criteria.clinician:
        rows = rows.filter(clinician=True)
    if criteria.period:
        rows = rows.filter(published_at__gt=as_of - PERIODS[criteria.period])
    if criteria.since:
        rows = rows.filter(published_at__gte=datetime.combine(criteria.since, time.min, UTC))
    if criteria.until:
        rows = rows.filter(published_at__lte=datetime.combine(criteria.until, time.max, UTC))
    return rows


def _posts(keys: list[int], words: str, user: AnyUser) -> list[Post]:
    """Return the posts in the order of `keys`, leaving out any that were unpublished a moment ago."""
    if not keys:
        return []
    given = [*([words] if words else []), *([user.pk] if user.is_authenticated else [])]
    posts = _found_posts(bool(words), user.is_authenticated).with_keys(keys, *given)
    found = {post.pk: post for post in posts}
    return [found[key] for key in keys if key in found]


def found_posts(user: AnyUser, words: str, keys: Sequence[int]) -> QuerySet[Post]:
    """Select posts with their text, and the text with the words marked if there are any."""
    html = Func(
        F("live_revision__html"), Value(OPEN + CLOSE), Value(""), function="translate", output_field=TextField()
    )
    text = _replaced(_replaced(html, LIST_NUMBER.pattern, r" \1. "), TAG.pattern, " ")
    marks: Any = {"config": "english", "start_sel": OPEN, "stop_sel": CLOSE, "highlight_all": True}
    shown = SearchHeadline(with_plain_marks(text), _tsquery(words), **marks) if words else Value("")
    posts = with_blocks(user, Post.objects.readable_by(user).filter(pk__in=keys)).annotate(headline=shown, text=text)
    return posts.annotate(warning=F("live_revision__warning")).select_related("author", "thread__category")


@cache
def _found_posts(has_words: bool, is_member: bool) -> KeptQuery[Any]:
    """Return a query whose arguments are the words and the member's pk, if there are such, and the keys."""

    def build(*given: Any) -> QuerySet[Post]:
        others = has_words + is_member
        user = User(pk=given[others - 1]) if is_member else VISITOR
        return found_posts(user, given[0] if has_words else "", given[others:])

    return KeptQuery(build, *[str] * has_words, *[int] * is_member, *KEYS)


def excerpt(post: Any) -> SafeString:
    """Return an HTML excerpt of a found post with the matches marked; only the warning if it has a content warning."""
    if post.warning:
        return escape(post.warning)
    marked = _line(mark_like(post.headline, post.text)) if post.headline else ""
    shown = best_excerpt(marked) if marked else shorten(_line(post.text), OPENING_LENGTH)
    html = escape(shown).replace(OPEN, "<mark>").replace(CLOSE, "</mark>")
    return mark_safe(html)  # noqa: S308  escaped above


def _replaced(text: Any, pattern: str, new: str) -> Func:
    return Func(text, Value(pattern), Value(new), Value("g"), function="regexp_replace", output_field=TextField())


def _line(text: str) -> str:
    """Unescape and collapse the text of HTML without tags."""
    return " ".join(unescape(text).split())
