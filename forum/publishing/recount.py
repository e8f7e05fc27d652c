"""Recount counters from the posts themselves; the services only update them by differences.

A thread counts its published posts; its last publication is that of any post with a position, unpublished ones included. A
category counts its readable threads and their published posts, and points at the thread with the latest publication.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from forum.models import Category, Thread

LOCK_TIMEOUT = "10s"  # writers queue behind this lock, so give up early

THREADS = """
    SELECT t.id, t.post_count, t.last_position, t.last_post_at,
           coalesce(p.published, 0) AS true_post_count,
           greatest(t.last_position, p.highest) AS true_last_position,
           coalesce(p.latest, t.last_post_at) AS true_last_post_at
    FROM forum_thread t LEFT JOIN (
        SELECT thread_id, count(*) FILTER (WHERE forum_post.state = 'published') AS published,
               max(position) AS highest, max(forum_post.published_at) AS latest
        FROM forum_post JOIN forum_thread ON forum_thread.id = thread_id
        WHERE position IS NOT NULL AND category_id = %(category)s GROUP BY thread_id
    ) p ON p.thread_id = t.id
    WHERE t.category_id = %(category)s
"""
CATEGORIES = f"""
    WITH threads AS (
        SELECT * FROM ({THREADS}) t WHERE id IN (
            SELECT id FROM forum_thread WHERE category_id = %(category)s AND state = ANY(%(readable)s)))
    SELECT c.id, c.thread_count, c.post_count, c.last_thread_id,
           (SELECT count(*) FROM threads) AS true_thread_count,
           (SELECT coalesce(sum(true_post_count), 0) FROM threads)::integer AS true_post_count,
           (SELECT id FROM threads ORDER BY true_last_post_at DESC, id DESC LIMIT 1) AS true_last_thread_id
    FROM forum_category c WHERE c.id = %(category)s
"""  # noqa: S608  no user input
COLUMNS = {
    "thread": (THREADS, ("post_count", "last_position", "last_post_at")),
    "category": (CATEGORIES, ("thread_count", "post_count", "last_thread_id")),
}


@dataclass(frozen=True)
class Difference:
    """A counter that differs from the posts."""

    table: str
    pk: int
    column: str
    stored: Any
    true: Any

    def __str__(self) -> str:
        return f"{self.table} {self.pk}: {self.column} is {self.stored}, should be {self.true}"


def differences(category: Category) -> list[Difference]:
    """Compare stored and recounted numbers. One statement per table, so posts that arrive meanwhile are no difference."""
    found = []
    for table, (query, columns) in COLUMNS.items():
        for row in _wrong(query, columns, category):
            pairs = [(name, row[name], row[f"true_{name}"]) for name in columns]
            found += [Difference(table, row["id"], *pair) for pair in pairs if pair[1] != pair[2]]
    return found


@transaction.atomic
def recount(category: Category) -> list[Difference]:
    """Correct a category and its threads; return what was wrong.

    No one publishes or deletes meanwhile; reading goes on. Raise OperationalError if others hold a thread for too long.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        # Threads before categories: the order in which publishing locks them.
        cursor.execute("LOCK TABLE forum_thread, forum_category IN EXCLUSIVE MODE")
        found = differences(category)
        for table, (query, columns) in COLUMNS.items() if found else ():
            sets = ", ".join(f"{name} = n.true_{name}" for name in columns)
            cursor.execute(
                f"UPDATE forum_{table} old SET {sets} FROM ({_only_wrong(query, columns)}) n WHERE n.id = old.id",  # noqa: S608
                _values(category),
            )
    return found


def _wrong(query: str, columns: tuple[str, ...], category: Category) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_only_wrong(query, columns), _values(category))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _only_wrong(query: str, columns: tuple[str, ...]) -> str:
    stored, true = (", ".join(f"{prefix}{name}" for name in columns) for prefix in ("", "true_"))
    return f"SELECT * FROM ({query}) q WHERE ({stored}) IS DISTINCT FROM ({true}) ORDER BY id"  # noqa: S608


def _values(category: Category) -> dict[str, Any]:
    return {"category": category.pk, "readable": [str(state) for state in Thread.READABLE]}
