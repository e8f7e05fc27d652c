"""Count page views and failed searches by day, without any data about who.

A request increments a counter in its process's memory. From time to time a thread writes all counters in one statement, so
no reader waits, no GET writes a row, and cached pages count too. Unwritten counts are lost when a process is killed: the
numbers show a trend and are not exact.
"""

import atexit
import logging
import re
import threading
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from guide.models import DailyCount
from guide.text.crisis_words import may_be_in_danger

log = logging.getLogger("guide")
Key = tuple[date, str, str]
MAX_KEYS = 500  # between two writes, so that a flood of made-up searches cannot fill memory or table
MAX_QUERY = 60  # characters; a longer search may be a personal story
RETENTION = timedelta(days=90)
DAYS_UNTIL_SHOWN = 5  # a search is stored in words once it was made on this many days; until then, as a hash
# An email or web address, a name with @, or enough digits for a phone or insurance number.
PERSONAL = re.compile(r"@|://|www\.|\d(?:[\s().+/-]*\d){5}", re.IGNORECASE)
ADD = """
    insert into guide_dailycount (day, kind, key, count) select * from unnest(%s::date[], %s::text[], %s::text[], %s::int[])
    on conflict (day, kind, key) do update set count = guide_dailycount.count + excluded.count
"""


class _Pending:
    """Counts of this process that are not written yet."""

    lock = threading.Lock()
    counts: Counter[Key] = Counter()
    timer: threading.Timer | None = None


def mark_page_view(response: HttpResponse, slug: str) -> HttpResponse:
    """Mark the response as a view of an article. The mark is cached with the page."""
    return _marked(response, DailyCount.Kind.READ, slug)


def mark_search(response: HttpResponse, query: str, found: bool) -> HttpResponse:
    """Mark the response as a failed search, unless its words could identify someone."""
    query = " ".join(query.lower().split())
    return _marked(response, DailyCount.Kind.MISSED, query) if not found and may_be_stored(query) else response


def may_be_stored(query: str) -> bool:
    return 0 < len(query) <= MAX_QUERY and not PERSONAL.search(query) and not may_be_in_danger(query)


def _marked(response: HttpResponse, kind: str, key: str) -> HttpResponse:
    response.counted = (str(kind), key)  # type: ignore[attr-defined]
    return response


def count(request: HttpRequest, response: HttpResponse) -> None:
    """Count a marked response, unless the browser only prefetches it."""
    mark = getattr(response, "counted", None)
    is_prefetch = "prefetch" in request.headers.get("Sec-Purpose", "")
    if mark and request.method == "GET" and not is_prefetch:
        _add((timezone.now().date(), *mark))


def _add(key: Key) -> None:
    with _Pending.lock:
        if key in _Pending.counts or len(_Pending.counts) < MAX_KEYS:
            _Pending.counts[key] += 1
        if _Pending.timer is None and settings.PAGE_VIEW_FLUSH_SECONDS:
            _Pending.timer = threading.Timer(settings.PAGE_VIEW_FLUSH_SECONDS, _write_and_disconnect)
            _Pending.timer.daemon = True
            _Pending.timer.start()


def _write_and_disconnect() -> None:
    """Run in the timer's thread, which has its own connection."""
    try:
        write_counts()
    except Exception:
        log.exception("Page views could not be written.")
    finally:
        connection.close()


def write_counts() -> int:
    """Add the counts of this process to the table in one statement. Return the number of rows.

    A search that found nothing is stored in words only when it was made on DAYS_UNTIL_SHOWN days.
    """
    with _Pending.lock:
        counts, _Pending.counts, _Pending.timer = _Pending.counts, Counter(), None
    if not counts:
        return 0
    try:
        # In one lock order for all processes, so that there is no deadlock.
        rows = sorted((*key, count) for key, count in _hash_rare_searches(counts).items())
        with connection.cursor() as cursor:
            cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])
    except Exception:
        with _Pending.lock:  # try again next time
            _Pending.counts.update(counts)
        raise
    return len(rows)


def _hash_rare_searches(counts: Counter[Key]) -> Counter[Key]:
    """Replace searches by their hashes, and add the words of those that were made on enough days."""
    hashes = {query: _hash(query) for _, kind, query in counts if kind == DailyCount.Kind.MISSED}
    repeated = _repeated_hashes(hashes.values()) if hashes else set()
    stored: Counter[Key] = Counter()
    for (day, kind, key), count in counts.items():
        if kind != DailyCount.Kind.MISSED:
            stored[day, kind, key] = count
            continue
        stored[day, str(DailyCount.Kind.HASHED), hashes[key]] = count
        if hashes[key] in repeated:
            stored[day, kind, key] = count
    return stored


def _hash(query: str) -> str:
    """Return a hash of the words. Without the site's secret key, no one can find the words by trying."""
    return salted_hmac("guide.missed_search", query, algorithm="sha256").hexdigest()


def _repeated_hashes(hashes: Iterable[str]) -> set[str]:
    """Return the hashes of searches that were made on enough earlier days."""
    earlier = DailyCount.objects.filter(kind=DailyCount.Kind.HASHED, key__in=hashes, day__lt=timezone.now().date())
    days = earlier.values("key").annotate(days=Count("day", distinct=True))
    return set(days.filter(days__gte=DAYS_UNTIL_SHOWN - 1).values_list("key", flat=True))


def delete_old_counts() -> int:
    """Delete counts older than RETENTION. The worker runs this."""
    return DailyCount.objects.filter(day__lt=timezone.now().date() - RETENTION).delete()[0]


def _write_at_exit() -> None:
    """Write the last counts when the server stops, unless writing is switched off."""
    if _Pending.counts and settings.PAGE_VIEW_FLUSH_SECONDS:
        _write_and_disconnect()


atexit.register(_write_at_exit)
