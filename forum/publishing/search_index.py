"""The search index of the forum, kept in the transaction that makes words public or takes them away.

Only what readers see goes in: the words of the published HTML, never those of the text that was sent, in which a moderator
may have covered a name or a number.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from forum.models import Post, SearchEntry

BATCH = 2000
PATIENCE = "10s"

# Accents are taken off both here and from what is asked (search.fold), since the server's dictionaries do not know that
# “café” and “cafe” are one word.
WORDS = r"to_tsvector('english', regexp_replace(normalize({}, NFKD), '[\u0300-\u036f]', '', 'g'))"
TRUE = f"""
    SELECT p.id AS post_id, p.thread_id, t.category_id, p.live_revision_id AS revision_id, p.published_at,
           p.written_as_clinician <> '' AS clinician,
           setweight({WORDS.format("CASE WHEN p.position = 1 THEN t.title ELSE '' END")}, 'A')
           || setweight({WORDS.format("r.warning")}, 'B')
           || setweight({WORDS.format("regexp_replace(r.html, '<[^>]*>', ' ', 'g')")}, 'D') AS document
    FROM forum_post p JOIN forum_thread t ON t.id = p.thread_id JOIN forum_postrevision r ON r.id = p.live_revision_id
    WHERE p.state = 'published' AND {{which}}
"""  # noqa: S608  no word of it comes from outside
COLUMNS = ("thread_id", "category_id", "revision_id", "published_at", "clinician", "document")
ENTER = f"""
    INSERT INTO forum_searchentry (post_id, {", ".join(COLUMNS)}) {TRUE}
    ON CONFLICT (post_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)}
    RETURNING xmax = 0
"""
WRONG = """
    SELECT p.id, e.post_id FROM (
        SELECT p.id, p.thread_id, t.category_id, live_revision_id, p.published_at, written_as_clinician <> '' AS clinician
        FROM forum_post p JOIN forum_thread t ON t.id = p.thread_id WHERE p.state = 'published'
    ) p FULL JOIN forum_searchentry e ON e.post_id = p.id
    WHERE (p.id, p.thread_id, p.category_id, p.live_revision_id, p.published_at, p.clinician)
          IS DISTINCT FROM (e.post_id, e.thread_id, e.category_id, e.revision_id, e.published_at, e.clinician)
    ORDER BY coalesce(p.id, e.post_id)
"""


@dataclass(frozen=True)
class Wrong:
    """A post whose row in the index is missing, too much, or not of the text that readers see."""

    post: int
    published: bool
    indexed: bool

    def __str__(self) -> str:
        if not self.published:
            return f"post {self.post}: in the index, but not to be read"
        return f"post {self.post}: {'behind in' if self.indexed else 'not in'} the index"


BETWEEN, OF_THREAD = "p.id BETWEEN %s AND %s", "p.thread_id = %s"


def enter(post: Post) -> bool:
    """Write the row of a published post, or write it anew; return whether it had none. The caller holds its thread."""
    return _enter(BETWEEN, post.pk, post.pk)


def enter_thread(thread_id: int) -> None:
    """The rows of a whole thread, after it or some of its posts were moved."""
    _enter(OF_THREAD, thread_id)


def leave(post: Post) -> bool:
    """Forget the words of a post that cannot be read any more; return whether it had a row."""
    return bool(SearchEntry.objects.filter(post=post).delete()[0])


def enter_between(first: int, last: int) -> None:
    """All published posts with these numbers, by one statement."""
    _enter(BETWEEN, first, last)


def wrong() -> list[Wrong]:
    """What the index does not say as the posts do, at one moment."""
    with connection.cursor() as cursor:
        cursor.execute(WRONG)
        return [Wrong(p or e, p is not None, e is not None) for p, e in cursor.fetchall()]


def rebuild() -> int:
    """Write every row anew and delete those of no published post; returns how many there are.

    In steps, each under a lock of less than a second that keeps others from publishing and never from reading.
    """
    last = Post.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for first in range(1, last + 1, BATCH):
        _rebuild(first, first + BATCH - 1)
    return SearchEntry.objects.count()


@transaction.atomic
def _rebuild(first: int, last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        # Whoever publishes or buries takes it before our rows.
        cursor.execute("LOCK TABLE forum_thread IN EXCLUSIVE MODE")
    SearchEntry.objects.filter(post__gte=first, post__lte=last).exclude(post__state=Post.State.PUBLISHED).delete()
    _enter(BETWEEN, first, last)


def _enter(which: str, *values: int) -> bool:
    """Returns whether the first row written is new; xmax is 0 in a row that was inserted and not updated."""
    with connection.cursor() as cursor:
        cursor.execute(ENTER.replace("{which}", which), values)
        first = cursor.fetchone()
    return bool(first and first[0])
