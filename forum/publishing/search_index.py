"""The forum's search index, updated in the transaction that publishes or unpublishes a post.

It contains only what readers see: the published HTML, not the text as sent, in which a moderator may have redacted a name or
number.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from core.search_text import FOLD_SQL
from forum.models import Post, SearchEntry

BATCH = 2000
LOCK_TIMEOUT = "10s"

TSVECTOR = f"to_tsvector('english', {FOLD_SQL})"
CURRENT = f"""
    SELECT p.id AS post_id, p.thread_id, t.category_id, p.live_revision_id AS revision_id, p.published_at,
           p.written_as_clinician <> '' AS clinician,
           setweight({TSVECTOR.format("CASE WHEN p.position = 1 THEN t.title ELSE '' END")}, 'A')
           || setweight({TSVECTOR.format("r.warning")}, 'B')
           || setweight({TSVECTOR.format("regexp_replace(r.html, '<[^>]*>', ' ', 'g')")}, 'D') AS document
    FROM forum_post p JOIN forum_thread t ON t.id = p.thread_id JOIN forum_postrevision r ON r.id = p.live_revision_id
    WHERE p.state = 'published' AND {{which}}
"""  # noqa: S608  no user input
COLUMNS = ("thread_id", "category_id", "revision_id", "published_at", "clinician", "document")
UPSERT = f"""
    INSERT INTO forum_searchentry (post_id, {", ".join(COLUMNS)}) {CURRENT}
    ON CONFLICT (post_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)}
    RETURNING xmax = 0
"""
FAULTS = """
    SELECT p.id, e.post_id FROM (
        SELECT p.id, p.thread_id, t.category_id, live_revision_id, p.published_at, written_as_clinician <> '' AS clinician
        FROM forum_post p JOIN forum_thread t ON t.id = p.thread_id WHERE p.state = 'published'
    ) p FULL JOIN forum_searchentry e ON e.post_id = p.id
    WHERE (p.id, p.thread_id, p.category_id, p.live_revision_id, p.published_at, p.clinician)
          IS DISTINCT FROM (e.post_id, e.thread_id, e.category_id, e.revision_id, e.published_at, e.clinician)
    ORDER BY coalesce(p.id, e.post_id)
"""


@dataclass(frozen=True)
class IndexFault:
    """A post whose index row is missing, superfluous or outdated."""

    post: int
    published: bool
    indexed: bool

    def __str__(self) -> str:
        if not self.published:
            return f"post {self.post}: in the index, but not published"
        return f"post {self.post}: {'outdated in' if self.indexed else 'not in'} the index"


BETWEEN, OF_THREAD = "p.id BETWEEN %s AND %s", "p.thread_id = %s"


def index_post(post: Post) -> bool:
    """Insert or update the row of a published post; return whether it is new. The caller holds the thread's lock."""
    return _upsert(BETWEEN, post.pk, post.pk)


def index_thread(thread_id: int) -> None:
    """Update the rows of a whole thread after it or some of its posts moved."""
    _upsert(OF_THREAD, thread_id)


def unindex_post(post: Post) -> bool:
    """Delete the row of a post that is no longer public; return whether it had one."""
    return bool(SearchEntry.objects.filter(post=post).delete()[0])


def index_posts_between(first: int, last: int) -> None:
    """Index all published posts with pks in this range, in one statement."""
    _upsert(BETWEEN, first, last)


def find_faults() -> list[IndexFault]:
    """Return the differences between index and posts."""
    with connection.cursor() as cursor:
        cursor.execute(FAULTS)
        return [IndexFault(p or e, p is not None, e is not None) for p, e in cursor.fetchall()]


def rebuild() -> int:
    """Rewrite every row and delete those of unpublished posts; return the number of rows.

    Works in batches, each under a lock of less than a second that blocks publishing but not reading.
    """
    last = Post.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for first in range(1, last + 1, BATCH):
        _rebuild(first, first + BATCH - 1)
    return SearchEntry.objects.count()


@transaction.atomic
def _rebuild(first: int, last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        # Publishing and unpublishing lock the thread before index rows.
        cursor.execute("LOCK TABLE forum_thread IN EXCLUSIVE MODE")
    SearchEntry.objects.filter(post__gte=first, post__lte=last).exclude(post__state=Post.State.PUBLISHED).delete()
    _upsert(BETWEEN, first, last)


def _upsert(which: str, *values: int) -> bool:
    """Return whether the first row written is new: xmax is 0 in a row that was inserted, not updated."""
    with connection.cursor() as cursor:
        cursor.execute(UPSERT.replace("{which}", which), values)
        first = cursor.fetchone()
    return bool(first and first[0])
