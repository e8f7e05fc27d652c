"""Search over the posts that somebody may see. Rows come from the index, and what is shown from the posts as they are now."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.functions import Left, Lower, Right
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from accounts.permissions import are_blocked
from core.requests import AnyUser
from forum.models import Category, Post, SearchEntry
from forum.models.search import SearchEntryQuerySet
from forum.threads.annotations import with_blocks
from guide.search.index import CLOSE, MAX_QUERY, OPEN, correct

PER_PAGE = 20
NEWEST = 1000  # matches that are ranked and turned through: a common word costs no more than a rare one
WORDS = 12  # of a question of which no post has all
SIGNS = re.compile(r'"|(^|\s)-')
ACCENTS = re.compile("[\u0300-\u036f]")
PERIODS = {"week": timedelta(days=7), "month": timedelta(days=31), "year": timedelta(days=365)}
WEIGHTS = [0.1, 0.2, 0.4, 1.0]  # D (words), C, B (warnings), A (titles)
EDGE = 80  # characters


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for. Days are UTC days, both included; `as_of` keeps pages steady while posts arrive."""

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
    def anything(self) -> bool:
        return bool(self.query or self.category or self.author or self.clinician or self.period) or bool(
            self.since or self.until
        )


@dataclass(frozen=True)
class Found:
    """`partly`: no post has all the words, these have some. `corrected`: the spelling that was searched for instead."""

    posts: list[Post]
    as_of: datetime
    page: int = 1
    more: bool = False
    partly: bool = False
    corrected: str = ""

    @property
    def next(self) -> int | None:
        """The number of the next page. Nobody turns further than through NEWEST matches."""
        return self.page + 1 if self.more and self.page * PER_PAGE < NEWEST else None

    @property
    def moment(self) -> int:
        """`as_of` as links carry it: microseconds since 1970."""
        return (self.as_of - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def clean(query: str) -> str:
    """What a reader typed, without what no text holds; cut at MAX_QUERY characters."""
    text = query[: 4 * MAX_QUERY].encode("utf-8", "ignore").decode().replace("\x00", "")
    return " ".join(text.split())[:MAX_QUERY]


def fold(text: str) -> str:
    """The text without accents, just as services.searching puts it into the index."""
    return ACCENTS.sub("", unicodedata.normalize("NFKD", text))


def rooms_for(user: AnyUser) -> QuerySet[Category]:
    rooms = Category.objects.all()
    return rooms if user.is_authenticated else rooms.filter(members_only=False)


def author_named(name: str, user: AnyUser) -> User | None:
    """Who goes by this name now. Behind a block, and once erased, nobody does."""
    named = User.objects.present().annotate(lower=Lower("display_name")).filter(lower=name.lower()).first()
    return None if named and user.is_authenticated and are_blocked(user, named) else named


def search(wanted: Wanted, user: AnyUser) -> Found:
    """One page: posts with all the words; else those with all of another spelling; else those with some of the words."""
    as_of = wanted.as_of or timezone.now()
    if not wanted.anything:
        return Found([], as_of)
    keys, ask, corrected, partly = _keys(wanted, user, as_of, _every(wanted.query)), _every(wanted.query), "", False
    plain = not SIGNS.search(wanted.query)  # who uses signs means just what they wrote
    if not keys and plain and (corrected := correct(wanted.query)):
        ask = _every(corrected)
        keys = _keys(wanted, user, as_of, ask)
        corrected = corrected if keys else ""
    if not keys and plain and (some := _some(wanted.query)):
        ask, partly = some, True
        keys = _keys(wanted, user, as_of, ask)
    posts = _posts(keys[:PER_PAGE], ask, user)
    return Found(posts, as_of, wanted.page, len(keys) > PER_PAGE, partly and bool(keys), corrected)


def _every(query: str) -> SearchQuery | None:
    """All words, in the signs that search engines know: "these words", -without, one or other."""
    return SearchQuery(fold(query), config="english", search_type="websearch") if query else None


def _some(query: str) -> SearchQuery | None:
    """Any of the words; none where that would ask the same again."""
    words = re.findall(r"\w+", fold(query).lower())[:WORDS]
    if not words[1:]:
        return None
    ask = SearchQuery(words[0], config="english")
    for word in words[1:]:
        ask |= SearchQuery(word, config="english")
    return ask


def _keys(wanted: Wanted, user: AnyUser, as_of: datetime, ask: SearchQuery | None) -> list[int]:
    """The posts of this page and one more, if there is one: by time, or by rank among the newest matches."""
    rows = _chosen(wanted, as_of).visible_to(user)
    rows = rows.filter(document=ask) if ask else rows
    first = (wanted.page - 1) * PER_PAGE
    if wanted.newest_first or ask is None:
        # All of them, not this page only: expecting few rows the planner would read the whole table by time for a rare word.
        return list(rows.newest(NEWEST + 1).values_list("pk", flat=True))[first : first + PER_PAGE + 1]
    rank = SearchRank(F("document"), ask, weights=WEIGHTS, normalization=1, cover_density=True)
    window = SearchEntry.objects.filter(pk__in=rows.newest(NEWEST + 1).values("pk"))
    best = window.order_by(rank.desc(), "-published_at", "-post")
    return list(best.values_list("pk", flat=True)[first : first + PER_PAGE + 1])


def _chosen(wanted: Wanted, as_of: datetime) -> SearchEntryQuerySet:
    """What is written under an alias is nobody's: no name finds it."""
    rows = SearchEntry.objects.filter(published_at__lte=as_of)
    if wanted.category:
        rows = rows.filter(category=wanted.category)
    if wanted.author:
        rows = rows.filter(post__author=wanted.author, post__alias__isnull=True)
    if wanted.clinician:
        rows = rows.filter(clinician=True)
    if wanted.period:
        rows = rows.filter(published_at__gt=as_of - PERIODS[wanted.period])
    if wanted.since:
        rows = rows.filter(published_at__gte=datetime.combine(wanted.since, time.min, UTC))
    if wanted.until:
        rows = rows.filter(published_at__lte=datetime.combine(wanted.until, time.max, UTC))
    return rows


def _posts(keys: list[int], ask: SearchQuery | None, user: AnyUser) -> list[Post]:
    """In the order of the keys, as they may be shown; what went away this moment is left out."""
    html = Func(
        F("live_revision__html"), Value(OPEN + CLOSE), Value(""), function="translate", output_field=TextField()
    )
    text = Func(html, Value("<[^>]*>"), Value(" "), Value("g"), function="regexp_replace", output_field=TextField())
    marks: Any = {"config": "english", "start_sel": OPEN, "stop_sel": CLOSE, "max_words": 32, "min_words": 14}
    shown = SearchHeadline(text, ask, **marks) if ask else Left(text, 3 * EDGE)
    parts = {"headline": shown, "opening": Left(text, EDGE), "ending": Right(text, EDGE)}
    posts = with_blocks(user, Post.objects.readable_by(user).filter(pk__in=keys))
    posts = posts.annotate(warning=F("live_revision__warning"), **parts).select_related("author", "thread__category")
    found = {post.pk: post for post in posts}
    return [found[key] for key in keys if key in found]


def excerpt(post: Any) -> SafeString:
    """Of a post that `search` found, as HTML with the hits marked. Where its author warns of the words, only the warning."""
    if post.warning:
        return escape(post.warning)
    headline, opening, ending = (_line(getattr(post, part)) for part in ("headline", "opening", "ending"))
    plain = headline.replace(OPEN, "").replace(CLOSE, "")
    before = "" if opening.startswith(plain[: EDGE // 2]) else "… "
    after = "" if ending.endswith(plain[-EDGE // 2 :]) else " …"
    marked = escape(before + headline + after).replace(OPEN, "<mark>").replace(CLOSE, "</mark>")
    return mark_safe(marked)  # noqa: S308  escaped just now


def _line(text: str) -> str:
    """Words of HTML without its tags, as they were meant."""
    return " ".join(unescape(text).split())
