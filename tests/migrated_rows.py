"""Rows made by migrations, such as groups and reasons: kept, and put back after a test that commits.

At its end such a test empties all tables, which would leave later tests of the same process without those rows.
"""

import io

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from psycopg2 import sql

_rows: dict[str, bytes] = {}  # of each table that isn't empty, in PostgreSQL's COPY format


def keep_migrated_rows() -> None:
    """Read all rows of the new test database."""
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            copied = io.BytesIO()
            cursor.copy_expert(f'COPY "{table}" TO STDOUT', copied)
            if copied.tell():
                _rows[table] = copied.getvalue()


def put_migrated_rows_back() -> None:
    """Replace the rows of these tables by those that were kept."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no foreign keys, no triggers
        for table, rows in _rows.items():
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.BytesIO(rows))
        cursor.execute("SET session_replication_role = DEFAULT")
    ContentType.objects.clear_cache()


def commits(item: pytest.Item) -> bool:
    """Return whether the test writes to the database without a transaction around it."""
    marker = item.get_closest_marker("django_db")
    fixtures = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", []))
    return bool(fixtures or (marker and marker.kwargs.get("transaction")))
