"""Which pages are read and which searches find nothing: counted by day, with nothing about anybody.

A request adds one to a number in its process's memory. Now and then a thread of that process writes all numbers in one
statement, so no reader waits for it, no GET writes a row, and a page that comes out of the cache is counted like any other. What
a process has not written when it is killed is lost: these numbers show a tendency, they are no accounts.
"""

import atexit
import logging
import re
import threading
from collections import Counter
from datetime import date, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from guide.models import DailyCount
from guide.text.crisis_words import may_be_in_danger

log = logging.getLogger("guide")
Key = tuple[date, str, str]
MOST = 500  # different things of one flush; a flood of made-up searches stays out of memory and table
LONGEST_SEARCH = 60  # characters; what is longer is a story, and may tell who tells it
KEPT = timedelta(days=90)
# An address of e-mail or of a page, a name with @, or enough digits for a telephone or a number of insurance.
PERSONAL = re.compile(r"@|://|www\.|\d(?:[\s().+/-]*\d){5}", re.IGNORECASE)
ADD = """
    insert into guide_dailycount (day, kind, what, times) select * from unnest(%s::date[], %s::text[], %s::text[], %s::int[])
    on conflict (day, kind, what) do update set times = guide_dailycount.times + excluded.times
"""


class _Waiting:
    """What this process has counted and not yet written."""

    lock = threading.Lock()
    numbers: Counter[Key] = Counter()
    timer: threading.Timer | None = None


def of_page(response: HttpResponse, slug: str) -> HttpResponse:
    """Note on the answer which article it shows; the note is kept with the page in the cache."""
    return _noted(response, DailyCount.Kind.READ, slug)


def of_search(response: HttpResponse, query: str, found: bool) -> HttpResponse:
    """Note a search that found nothing, unless its words may tell who searched."""
    words = " ".join(query.lower().split())
    return _noted(response, DailyCount.Kind.MISSED, words) if not found and may_be_kept(words) else response


def may_be_kept(words: str) -> bool:
    return 0 < len(words) <= LONGEST_SEARCH and not PERSONAL.search(words) and not may_be_in_danger(words)


def _noted(response: HttpResponse, kind: str, what: str) -> HttpResponse:
    response.counted = (str(kind), what)  # type: ignore[attr-defined]
    return response


def count(request: HttpRequest, response: HttpResponse) -> None:
    """Add one for what the answer's note names: for a reading person, not for a browser that fetches ahead."""
    noted = getattr(response, "counted", None)
    ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    if noted and request.method == "GET" and not ahead:
        _add((timezone.now().date(), *noted))


def _add(key: Key) -> None:
    with _Waiting.lock:
        if key in _Waiting.numbers or len(_Waiting.numbers) < MOST:
            _Waiting.numbers[key] += 1
        if _Waiting.timer is None and settings.PAGE_VIEW_FLUSH_SECONDS:
            _Waiting.timer = threading.Timer(settings.PAGE_VIEW_FLUSH_SECONDS, _write_and_hang_up)
            _Waiting.timer.daemon = True
            _Waiting.timer.start()


def _write_and_hang_up() -> None:
    """In the timer's thread, whose connection is its own."""
    try:
        write_counts()
    except Exception:
        log.exception("counts of readings could not be written")
    finally:
        connection.close()


def write_counts() -> int:
    """Add what this process has counted to the table, in one statement; returns how many rows that touched."""
    with _Waiting.lock:
        numbers, _Waiting.numbers, _Waiting.timer = _Waiting.numbers, Counter(), None
    if not numbers:
        return 0
    rows = sorted(
        (*key, times) for key, times in numbers.items()
    )  # one order for all, so that no two wait for each other
    try:
        with connection.cursor() as cursor:
            cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])
    except Exception:
        with _Waiting.lock:  # the next time takes them along
            _Waiting.numbers.update(numbers)
        raise
    return len(rows)


def forget_old_counts() -> int:
    """The worker's chore: nothing is kept for longer than KEPT."""
    return DailyCount.objects.filter(day__lt=timezone.now().date() - KEPT).delete()[0]


def _at_the_end() -> None:
    """A server that is told to stop writes the last minute; where nothing writes by itself, nothing does at the end."""
    if _Waiting.numbers and settings.PAGE_VIEW_FLUSH_SECONDS:
        _write_and_hang_up()


atexit.register(_at_the_end)
