"""Database triggers that more than one app's models use."""

import pgtrigger


def append_only(name: str = "append_only") -> pgtrigger.Protect:
    """Refuse every update and deletion of a row, whoever sends it. `name` is that of the trigger in the migrations."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)
