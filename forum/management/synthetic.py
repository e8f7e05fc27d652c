"""Generate a forum of any size by COPY, for benchmarks only.

Threads overlap in time as real ones do, so the posts of one thread are scattered over the table. Every published post has its
revision, its decision, and HTML equal to what the renderer makes of its text.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate, count, islice
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from accounts.house_rules import current_version
from accounts.models import Credential, User
from forum.management.postgres_copy import CHUNK, as_line, copy, reserve
from forum.models import Category, Decision, Post, PostRevision, Thread
from forum.publishing.recount import recount
from forum.publishing.search_index import index_posts_between
from forum.text.markdown import RENDER_VERSION

SPAN = timedelta(days=730)
THREAD_DAYS = 20  # most posts arrive within this
PEOPLE = 300
CLINICIANS = (0, 1)  # indexes of the members who are clinicians
PARAGRAPHS = 4000
WORDS = """
after again almost another answer asked before began better bread bring calm card carry change clinic coffee day dog
early easier evening family feel felt few first found friend garden gentle glad good group hand happened heard help home
hope hour kind kitchen last later less letter light like list little long longer made maybe morning moved much never
night noticed often old once open other people phone place quiet rain read rest room same saw second share simple sister
slept slow small some soon started still story talk tea thank thing think thought time today together tomorrow tried
walk water week well went while window word work wrote yesterday
""".split()


@dataclass
class ThreadRow:
    """A thread while it is being filled."""

    pk: int
    author: int
    title: str
    first_at: datetime | None = None
    last_at: datetime | None = None
    last_position: int = 0
    unpublished: int = 0
    last_post: int | None = None
    answer: int | None = None


@dataclass
class Size:
    threads: int
    posts: int
    giant: int = 0
    seed: int = 1
    until: datetime = field(default_factory=timezone.now)

    def check(self) -> None:
        """Raise ValueError if not every thread would have a post."""
        if self.threads < 1 or self.posts - self.giant < self.threads - bool(self.giant):
            raise ValueError("Each thread needs a post; the giant thread's posts count too.")


@transaction.atomic
def fill(size: Size) -> int:
    """Add threads and posts; return the pk of the giant thread, or of the first thread if there is none."""
    size.check()
    chance = random.Random(size.seed)
    members, clinicians = _people()
    builder = RowBuilder(chance, members, clinicians)
    titles = [" ".join(chance.choices(WORDS, k=6)).capitalize() + "?" for _ in range(min(size.threads, PARAGRAPHS))]
    first = reserve(Thread, size.threads)
    places = [ThreadRow(first + n, chance.choice(members), titles[n % len(titles)]) for n in range(size.threads)]
    builder.write(places, _order(chance, size), size.until - SPAN)
    categories = list(Category.objects.filter(for_visitors=False).order_by("position").values_list("pk", flat=True))
    copy(Thread, THREAD, (_thread(place, categories[place.pk % len(categories)]) for place in places))
    for category in Category.objects.all():
        recount(category)
    index_posts_between(*builder.posts)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(
            "ANALYZE forum_thread, forum_post, forum_postrevision, forum_decision, forum_searchentry, accounts_user"
        )
    return first


def _people() -> tuple[list[int], list[Credential]]:
    """Create the members and two clinicians, or return those of an earlier call."""
    if not User.objects.filter(email="synthetic-0@example.org").exists():
        now = timezone.now()
        grown_up: dict[str, Any] = {
            "adult_confirmed_at": now,
            "rules_accepted": current_version(),
            "date_joined": now - SPAN,
        }
        approved = {"state": Credential.State.APPROVED, "approved_at": now, "expires_at": now + SPAN}
        for n in range(PEOPLE):
            user = User.objects.create_user(f"synthetic-{n}@example.org", display_name=f"Synthetic {n}", **grown_up)
            if n in CLINICIANS:
                Credential.objects.create(user=user, profession="physician", legal_name="Invented", **approved)
    members = User.objects.filter(email__startswith="synthetic-", credentials=None).order_by("pk")
    clinicians = Credential.objects.filter(user__email__startswith="synthetic-").order_by("pk")
    return list(members.values_list("pk", flat=True)), list(clinicians)


def _order(chance: random.Random, size: Size) -> Iterable[tuple[float, int]]:
    """Return (time from 0 to 1, thread number) for each post, sorted by time."""
    ordinary = range(1, size.threads) if size.giant else range(size.threads)
    posts = [0] * size.giant + list(ordinary)
    rest = size.posts - len(posts)
    weights = list(accumulate(min(chance.paretovariate(1.1), 40) for _ in ordinary))
    posts += chance.choices(ordinary, cum_weights=weights, k=rest) if ordinary else [0] * rest
    starts = [chance.random() for _ in range(size.threads)]
    scale = SPAN.days / THREAD_DAYS
    moments = []
    for number in posts:
        late = chance.random() if size.giant and number == 0 else starts[number] + chance.expovariate(scale)
        moments.append((late % 1, number))
    moments.sort()
    return moments


class RowBuilder:
    """Makes the rows of posts, revisions and decisions."""

    def __init__(self, chance: random.Random, members: list[int], clinicians: list[Credential]) -> None:
        self.chance, self.members = chance, members
        self.answers, self.decides = clinicians  # the decider never writes
        self.paragraphs = [" ".join(chance.choices(WORDS, k=chance.randint(8, 60))) + "." for _ in range(PARAGRAPHS)]

    def write(self, places: list[ThreadRow], order: Iterable[tuple[float, int]], start: datetime) -> None:
        total = len(order := list(order))
        first = reserve(Post, total)
        self.posts = first, first + total - 1
        keys = zip(count(first), count(reserve(PostRevision, total)), order)
        rows = (self._rows(places[n], start + moment * SPAN, post, revision) for post, revision, (moment, n) in keys)
        while chunk := list(islice(rows, CHUNK)):
            posts, revisions, decisions = zip(*chunk, strict=True)
            copy(Post, POST, posts)
            copy(PostRevision, REVISION, revisions)
            copy(Decision, DECISION, decisions)

    def _rows(self, place: ThreadRow, at: datetime, post: int, revision: int) -> tuple[str, str, str]:
        chance = self.chance
        opening = place.last_position == 0
        clinicians = place.last_position == 1 and place.answer is None and chance.random() < ANSWERED
        author = place.author if opening else self.answers.user_id if clinicians else chance.choice(self.members)
        unpublished = not opening and chance.random() < REMOVED
        quoted = place.last_post if not opening and chance.random() < QUOTED else None
        sent = at - timedelta(minutes=chance.randint(5, 90))
        self._advance(place, at, post, unpublished=unpublished, answer=clinicians)
        key, profession = uuid4().hex, self.answers.profession if clinicians else ""
        state = Post.State.DELETED if unpublished else Post.State.PUBLISHED
        body = chance.choices(self.paragraphs, k=chance.choice((1, 1, 2, 3)))
        html = "\\n".join(f"<p>{paragraph}</p>" for paragraph in body) + "\\n"
        title = place.title if opening else ""
        return (
            as_line(post, place.pk, author, place.last_position, state, revision, quoted, profession, key, sent, at),
            as_line(revision, post, 1, title, "\\n\\n".join(body), html, RENDER_VERSION, "approved", sent),
            as_line(revision, "approved", self.decides.user_id, self.decides.pk, at - sent, at),
        )

    def _advance(self, place: ThreadRow, at: datetime, post: int, *, unpublished: bool, answer: bool) -> None:
        place.first_at = place.first_at or at
        place.last_at, place.last_post = at, post
        place.last_position += 1
        place.unpublished += unpublished
        if answer:
            place.answer = post


ANSWERED, REMOVED, QUOTED = 0.3, 0.02, 0.1  # of second posts, of replies, of replies
THREAD = (
    *("id", "category_id", "author_id", "title", "state", "created_at", "published_at", "last_post_at"),
    *("last_position", "post_count", "answer_id"),
)
POST = (
    *("id", "thread_id", "author_id", "position", "state", "live_revision_id", "quoted_id", "written_as_clinician"),
    *("key", "created_at", "published_at"),
)
REVISION = ("id", "post_id", "number", "title", "body", "html", "render_version", "state", "created_at")
DECISION = ("revision_id", "action", "by_id", "credential_id", "waited", "decided_at")


def _thread(place: ThreadRow, category: int) -> str:
    if place.first_at is None:
        raise ValueError("A thread has a first post.")
    times = (place.first_at - timedelta(hours=1), place.first_at, place.last_at)
    readable = place.last_position - place.unpublished
    numbers = (place.last_position, readable, place.answer)
    return as_line(place.pk, category, place.author, place.title, Thread.State.OPEN, *times, *numbers)
