"""Bulk inserts by COPY: bypasses the models, but not the database's constraints."""

import json
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice
from typing import Any

from django.db import connection, models

CHUNK = 20_000  # rows per COPY


def as_line(*values: object) -> str:
    return "\t".join("\\N" if value is None else str(value) for value in values)


def reserve(model: type[models.Model], count: int) -> int:
    """Reserve `count` new pks and return the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        sequence = cursor.fetchone()[0]
        cursor.execute("SELECT nextval(%s)", [sequence])
        first = cursor.fetchone()[0]
        cursor.execute("SELECT setval(%s, %s)", [sequence, first + count - 1])
    return int(first)


def copy(model: type[models.Model], names: tuple[str, ...], lines: Iterable[str]) -> None:
    """COPY these lines; every other column gets its field's default."""
    made = [f for f in model._meta.concrete_fields if not f.primary_key and not f.generated]
    others = [f for f in made if f.column not in names]
    rest = "".join(f"\t{_default(field)}" for field in others)
    columns = ", ".join(f'"{name}"' for name in [*names, *(f.column for f in others)])
    with connection.cursor() as cursor:
        for file in _files(lines, rest):
            cursor.copy_expert(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN', file)


def _default(column: Any) -> str:
    value = column.get_default()
    if value is None:
        return "\\N"
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def _files(lines: Iterable[str], rest: str) -> Iterator[StringIO]:
    waiting = iter(lines)
    while chunk := list(islice(waiting, CHUNK)):
        yield StringIO("".join(f"{line}{rest}\n" for line in chunk))
