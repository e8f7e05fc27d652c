"""Database triggers shared by the apps."""

import pgtrigger


def append_only(name: str = "append_only") -> pgtrigger.Protect:
    """Return a trigger that refuses all updates and deletions. `name` is its name in the migrations."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)
