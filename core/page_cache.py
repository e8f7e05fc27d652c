"""The cache for pages and other things that can be computed again. Rate limits and used codes are in another.

Whatever is cached is stored with the versions of the scopes that it depends on, read before it was made. It is used only
while they are the same: a page that was made of rows that changed meanwhile is never used.
"""

import secrets
from typing import Any

from django.core.cache import BaseCache, caches
from django.db import transaction

SITE = "site"  # the scope of every page
THREAD_LISTS = "thread-lists"  # lists of threads, such as the forum's home
LONGEST_SECONDS = 60  # for which anything that has versions may be cached
PREFIX = "version:"

Versions = tuple[str | None, ...]


def shared() -> BaseCache:
    """Return the cache. It may lose anything at any time."""
    return caches["pages"]


def thread_scope(pk: int | str) -> str:
    return f"thread:{pk}"


def versions(*scopes: str) -> Versions:
    """Return the version of each scope, or None for one that has not changed for twice LONGEST_SECONDS."""
    return get_with_versions("", *scopes)[1]


def get_with_versions(key: str, *scopes: str) -> tuple[Any, Versions]:
    """Return what is stored under `key` and the versions of the scopes, in one request to the cache."""
    names = [PREFIX + scope for scope in scopes]
    found = shared().get_many([*filter(None, [key]), *names])
    return found.get(key), tuple(found.get(name) for name in names)


def clear(*scopes: str) -> None:
    """Drop all cached pages of these scopes; without any, those of the whole site.

    A version expires after every page that was made before it.
    """
    fresh = {PREFIX + scope: secrets.token_hex(8) for scope in scopes or [SITE]}
    shared().set_many(fresh, 2 * LONGEST_SECONDS)


def clear_on_commit(*scopes: str) -> None:
    """Drop cached pages of these scopes, or of the whole site, when the current transaction commits."""
    transaction.on_commit(lambda: clear(*scopes))
