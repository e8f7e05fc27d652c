"""Keyset pagination: pages that begin after a row instead of at an OFFSET, stable while rows come and go.

A cursor is the sort key of the last row of a page, joined by “_”. It stays valid when that row is deleted.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import Model, Q, QuerySet

from core.params import int_or_none

Row = TypeVar("Row")
ModelRow = TypeVar("ModelRow", bound=Model)
Parser = Callable[[str], Any]


class Page(NamedTuple, Generic[Row]):
    """The rows of a page and the cursor of the next page, empty on the last one."""

    rows: list[Row]
    next_cursor: str


def encode(*values: object) -> str:
    return "_".join(value.isoformat() if isinstance(value, datetime) else str(value) for value in values)


def decode(cursor: str, *parsers: Parser) -> tuple[Any, ...] | None:
    """Return the values of a cursor, each read by its parser, or None for anything that is not such a cursor."""
    parts = cursor.split("_")
    if len(parts) != len(parsers):
        return None
    values = tuple(parse(part) for parse, part in zip(parsers, parts, strict=True))
    return None if None in values else values


def cut(found: Sequence[Row], size: int, cursor_of: Callable[[Row], str]) -> Page[Row]:
    """Make a page of the first `size` rows of `found`, which has one more row if there is a next page."""
    rows = list(found[:size])
    return Page(rows, cursor_of(rows[-1]) if len(found) > size else "")


class Keyset:
    """An order whose columns together are unique, with the parser of each: Keyset({"-pk": int_or_none})."""

    def __init__(self, columns: Mapping[str, Parser]) -> None:
        self.order = tuple(columns)
        self.parsers = tuple(columns.values())

    def page(self, rows: QuerySet[ModelRow], cursor: str, *, size: int) -> Page[ModelRow]:
        """Return the rows that follow the cursor. An unknown cursor gives the first page."""
        found = self.after(rows.order_by(*self.order), cursor)
        return cut(list(found[: size + 1]), size, self.cursor_of)

    def after(self, rows: QuerySet[ModelRow], cursor: str) -> QuerySet[ModelRow]:
        values = decode(cursor, *self.parsers)
        return rows if values is None else rows.filter(self._after_values(values))

    def cursor_of(self, row: Model) -> str:
        return encode(*(getattr(row, column.lstrip("-")) for column in self.order))

    def _after_values(self, values: Sequence[Any]) -> Q:
        """Return a filter for the rows after `values`. The bound on the first column lets PostgreSQL use an index."""
        names = [column.lstrip("-") for column in self.order]
        lookups = ["lt" if column.startswith("-") else "gt" for column in self.order]
        behind = Q(**{f"{names[-1]}__{lookups[-1]}": values[-1]})
        for name, lookup, value in reversed(list(zip(names, lookups, values, strict=True))[:-1]):
            behind = Q(**{f"{name}__{lookup}": value}) | Q(**{name: value}) & behind
        return behind & Q(**{f"{names[0]}__{lookups[0]}e": values[0]}) if len(names) > 1 else behind


NEWEST_FIRST = Keyset({"-pk": int_or_none})
