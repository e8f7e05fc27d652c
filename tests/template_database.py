"""One migrated database for a run of pytest-xdist, from which PostgreSQL copies the database of each worker.

Migrating takes ten CPU-seconds, a copy a fraction of one. The first worker that needs a database makes the template
while the others wait; the template's comment names the run, so one that a killed run left behind is not taken for it.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
from django.conf import settings
from django.db import connection

NAME = "test_template"
LOCK = 7_205_759  # an advisory lock's key; any number that nobody else on the server takes


def ensure_template(run: str) -> str:
    """Create and migrate the template of `run` unless another worker has. Return the database's name."""
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # let go with the connection
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [NAME])
        if cursor.fetchone() != (run,):
            with _named(NAME):
                connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            cursor.execute(f"COMMENT ON DATABASE {NAME} IS %s", [run])
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


def drop_template(url: str) -> None:
    """Drop the template from the server at `url`."""
    with closing(psycopg2.connect(url, dbname="postgres")) as server, server.cursor() as cursor:
        server.autocommit = True
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
