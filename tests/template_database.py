"""One migrated database, from which PostgreSQL copies the database of each run and worker.

Migrating takes ten CPU-seconds, a copy a fraction of one. The first process that needs a database makes the template
while the others wait; the template's comment says what it was made from.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection

NAME = "test_template"
LOCK = 7_205_759  # an advisory lock's key; any number that nobody else on the server takes
ROOT = Path(__file__).resolve().parents[1]
ORIGINS = ["*/migrations/*.py", "*/models/*.py", "accounts/roles.py"]
ORIGINS += ["requirements*.txt"]  # a newer Django or allauth has other tables


@cache
def schema_key() -> str:
    """Return a hash of all files from which migrating makes tables and rows."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in ORIGINS for path in ROOT.glob(pattern)):
        digest.update(path.as_posix().removeprefix(ROOT.as_posix()).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def ensure_template() -> str:
    """Create and migrate the template unless there is one from the same files. Return the database's name."""
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # let go with the connection
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [NAME])
        if cursor.fetchone() != (schema_key(),):
            with _named(NAME):
                connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            cursor.execute(f"COMMENT ON DATABASE {NAME} IS %s", [schema_key()])
    return NAME


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Give the next test database this name, and afterwards put everything back as it was."""
    own = connection.settings_dict
    database, test_database = own["NAME"], own["TEST"]["NAME"]
    own["TEST"]["NAME"] = name
    try:
        yield
    finally:
        connection.close()  # PostgreSQL copies only a database that nobody is connected to
        settings.DATABASES[connection.alias]["NAME"] = own["NAME"] = database
        own["TEST"]["NAME"] = test_database
