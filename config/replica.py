"""Read visitors' pages from a copy of the database (REPLICA_URL), as long as it is at most two seconds behind.

Members read from the primary, so they see what they just wrote. Without REPLICA_URL, everyone does.
"""

import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]
REPLICA_PREFIXES = ("/forum/", "/search/")
MAX_LAG = 2.0  # seconds
CHECK_INTERVAL = 1.0  # seconds
PRIMARY_POSITION = "select pg_current_wal_lsn() - '0/0'"
REPLICA_POSITION = "select pg_last_wal_replay_lsn() - '0/0'"
reading_replica: ContextVar[bool] = ContextVar("reading_replica", default=False)


class ReplicaRouter:
    """Django's database router (settings.DATABASE_ROUTERS)."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "replica" if reading_replica.get() else "default"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"

    def allow_relation(self, *objects: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, *args: Any, **hints: Any) -> bool:
        return db == "default"


class Lag:
    """Whether the replica is recent enough, checked at most once a second.

    Once the replica has replayed the position that the primary had at some moment, it is as new as that moment.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.checked_at, self.as_new_as = float("-inf"), float("-inf")
        self.seen: tuple[float, int] | None = None  # a moment, and the position of the primary then

    def is_small(self) -> bool:
        now = time.monotonic()
        if now - self.checked_at >= CHECK_INTERVAL and self.lock.acquire(blocking=False):
            try:
                self._check(now)
            finally:
                self.lock.release()
        return now - self.as_new_as < MAX_LAG

    def _check(self, now: float) -> None:
        self.checked_at = now
        try:
            primary = _position("default", PRIMARY_POSITION)
            replica = _position("replica", REPLICA_POSITION)
        except DatabaseError:
            return
        for moment, position in [self.seen or (now, primary), (now, primary)]:
            if replica >= position:
                self.as_new_as = moment
        self.seen = (now, primary)


def _position(alias: str, query: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def _is_visitors_read(request: HttpRequest) -> bool:
    """Leave out the guide, and pages of the forum that changed in the last two minutes.

    They will be cached, and the replica may not have the change yet.
    """
    if settings.SESSION_COOKIE_NAME in request.COOKIES or getattr(request, "reads_primary", False):
        return False
    return request.method in ("GET", "HEAD") and request.path.startswith(REPLICA_PREFIXES)


def visitors_read_replica(get_response: Handler) -> Handler:
    if "replica" not in settings.DATABASES:
        raise MiddlewareNotUsed
    lag = Lag()

    def middleware(request: HttpRequest) -> HttpResponse:
        if not _is_visitors_read(request) or not lag.is_small():
            return get_response(request)
        token = reading_replica.set(True)
        try:
            return get_response(request)
        finally:
            reading_replica.reset(token)

    return middleware
