import logging
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils.module_loading import import_string

from accounts.models import WorkerHeartbeat

log = logging.getLogger("worker")
LOCK = "select pg_try_advisory_lock(hashtextextended(%s, 0))"
UNLOCK = "select pg_advisory_unlock(hashtextextended(%s, 0))"
DATABASE_PAUSE = 5  # seconds before the next attempt while the database is unreachable


def run_exclusively(name: str, chore: Callable[[], int]) -> int | None:
    """Run a chore and return its result, or None if another worker is running it. Log errors instead of raising them.

    Raise OperationalError or InterfaceError if the connection is lost. The database has then released the lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [name])
        if not cursor.fetchone()[0]:
            return None
        try:
            return chore()
        except Exception:
            log.exception("chore %s failed and will be retried", name)
            return None
        finally:
            cursor.execute(UNLOCK, [name])


class Command(BaseCommand):
    help = "Run the chores of settings.WORKER_CHORES at their intervals until stopped."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--once", action="store_true", help="run each chore once and exit")

    def handle(self, *, once: bool, **options: Any) -> None:
        self.stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        self.due = dict.fromkeys(settings.WORKER_CHORES, 0.0)
        self.next_beat = 0.0
        while not self.stop.is_set():
            pause = self._run_or_wait_for_database()
            if once:
                return
            self.stop.wait(pause)
            close_old_connections()

    def _run_or_wait_for_database(self) -> int:
        """Run what is due and return the seconds to wait after that. Log a lost database connection instead of raising it."""
        try:
            self._run_due_chores()
        except (OperationalError, InterfaceError) as error:
            log.warning("database unreachable: %s", type(error).__name__)
            connection.close()
            return DATABASE_PAUSE
        return 1

    def _run_due_chores(self) -> None:
        """Run the chores that are due, until asked to stop."""
        for name, every in settings.WORKER_CHORES.items():
            self._beat()
            if self.stop.is_set():
                return
            if time.monotonic() < self.due[name]:
                continue
            result = run_exclusively(name, import_string(name))
            if result:
                log.info("%s: %s", name, result)
            self.due[name] = time.monotonic() + every

    def _beat(self) -> None:
        if time.monotonic() >= self.next_beat:
            WorkerHeartbeat.objects.beat(settings.WORKER_NAME)
            self.next_beat = time.monotonic() + settings.WORKER_HEARTBEAT_SECONDS
