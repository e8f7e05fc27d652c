"""The version of the page cache: cached pages are stored under it and are dropped when it increases."""

from django.core.cache import cache
from django.db import transaction

KEY = "pages:version"


def version() -> int:
    return int(cache.get_or_set(KEY, 1, None) or 1)


def clear() -> None:
    """Drop all cached pages."""
    version()
    cache.incr(KEY)


def clear_on_commit() -> None:
    """Drop all cached pages when the current transaction commits."""
    transaction.on_commit(clear)
