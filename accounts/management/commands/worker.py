import logging
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.utils.module_loading import import_string

log = logging.getLogger("worker")
LOCK = "select pg_try_advisory_lock(hashtextextended(%s, 0))"
UNLOCK = "select pg_advisory_unlock(hashtextextended(%s, 0))"


def run_exclusively(name: str, chore: Callable[[], int]) -> int | None:
    """Run a chore and return its result, or None if another worker is running it. Log errors instead of raising them."""
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
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        due = dict.fromkeys(settings.WORKER_CHORES, 0.0)
        while not stop.is_set():
            self._run_due_chores(due)
            if once:
                return
            stop.wait(1)
            close_old_connections()

    def _run_due_chores(self, due: dict[str, float]) -> None:
        for name, every in settings.WORKER_CHORES.items():
            if time.monotonic() < due[name]:
                continue
            result = run_exclusively(name, import_string(name))
            if result:
                log.info("%s: %s", name, result)
            due[name] = time.monotonic() + every
