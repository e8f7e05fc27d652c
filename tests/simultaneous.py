"""Run callables at the same time, each on its own PostgreSQL connection."""

import threading
import time
from contextlib import contextmanager

from django.db import connection, transaction

PATIENCE = 30  # seconds
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def at_once(*functions):
    """Start all callables at the same moment; return their results or exceptions."""
    start, results = threading.Barrier(len(functions)), [None] * len(functions)

    def work(number, function):
        try:
            start.wait(PATIENCE)
            results[number] = function()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=each) for each in enumerate(functions)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(PATIENCE)
    return results


def errors(results):
    return [each for each in results if isinstance(each, Exception)]


@contextmanager
def while_uncommitted(later):
    """Run the block in a transaction that is committed once `later`, started meanwhile, waits for one of its locks.

    Yield a list that holds the result of `later`, or its exception, after the block.
    """
    results = []

    def work():
        try:
            results.append(later())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        yield results
        thread.start()
        _wait_for_a_blocked_connection(thread)
    thread.join(PATIENCE)
    assert not thread.is_alive()


def _wait_for_a_blocked_connection(thread):
    """Return when a connection waits for a lock, or the thread has ended without one. Raise TimeoutError."""
    end = time.monotonic() + PATIENCE
    while thread.is_alive():
        if time.monotonic() > end:
            raise TimeoutError("No connection waits for a lock.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees pg_stat_activity as at first sight
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
