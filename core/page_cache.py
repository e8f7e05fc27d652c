"""The cache for pages and other things that can be computed again. Rate limits and used codes are in another.

Cached pages are stored under a version and are dropped when it increases.
"""

import time
from contextlib import suppress
from typing import Any

from django.core.cache import BaseCache, caches
from django.db import transaction

KEY = "pages:version"


def shared() -> BaseCache:
    """Return the cache. It may lose anything at any time."""
    return caches["pages"]


def version() -> int:
    """Return the current version. It starts at the current time, so that no version is ever used twice."""
    return int(shared().get_or_set(KEY, time.time_ns, None) or 0)


def get(key: str) -> Any:
    return shared().get(key)


def set(key: str, value: Any, seconds: int) -> None:
    shared().set(key, value, seconds)


def clear() -> None:
    """Drop all cached pages."""
    version()
    with suppress(ValueError):  # the version was lost just now, and its pages with it
        shared().incr(KEY)


def clear_on_commit() -> None:
    """Drop all cached pages when the current transaction commits."""
    transaction.on_commit(clear)
