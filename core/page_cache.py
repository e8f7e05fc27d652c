"""The page cache, apart from the one for rate limits and used codes, so that pages cannot push those out.

Cached pages are stored under a version and are dropped when it increases.
"""

import time
from typing import Any

from django.core.cache import cache, caches
from django.db import transaction

KEY = "pages:version"


def version() -> int:
    """Return the current version. It begins with the time, so that a lost version never returns with older pages."""
    return int(cache.get_or_set(KEY, time.time_ns, None) or 0)


def get(key: str) -> Any:
    return caches["pages"].get(key)


def set(key: str, value: Any, seconds: int) -> None:
    caches["pages"].set(key, value, seconds)


def clear() -> None:
    """Drop all cached pages."""
    version()
    cache.incr(KEY)


def clear_on_commit() -> None:
    """Drop all cached pages when the current transaction commits."""
    transaction.on_commit(clear)
