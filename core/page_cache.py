"""The version of everything that visitors see: pages kept in the cache are stored under it and end when it grows."""

from django.core.cache import cache
from django.db import transaction

KEY = "pages:version"


def version() -> int:
    return int(cache.get_or_set(KEY, 1, None) or 1)


def clear() -> None:
    """Drop every kept page at once."""
    version()
    cache.incr(KEY)


def clear_on_commit() -> None:
    """Drop every kept page when the surrounding transaction, which changes what visitors see, is committed."""
    transaction.on_commit(clear)
