"""Queries whose SQL is composed once in a process. Django takes longer to compose a large one than PostgreSQL to run it.

    thread = KeptQuery(lambda pk: Thread.objects.filter(pk=pk), int)
    thread(7)  # a list of model instances, with annotations and related objects, like list(Thread.objects.filter(pk=7))

With `.values()` or `.values_list()` it returns what those do. The function is called once, with stand-ins for its arguments;
later calls put the real ones in their place. So the SQL must not depend on the values: nothing may look at them, add to them, or
compare them with the current time.
"""

import copy
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connections, router
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
# Values that no query has for itself. The numbers fit every integer column that may hold a position.
STAND_INS: dict[type, Callable[[int], Any]] = {
    int: lambda n: 2_000_000_011 + n,
    datetime: lambda n: datetime(1900, 1, 1, tzinfo=UTC) + timedelta(seconds=n),
}


MAX_INT = 2**63 - 1


class Compiled(NamedTuple):
    queryset: QuerySet[Any]
    compiler: SQLCompiler
    sql: str
    parameters: list[Any]
    places: list[tuple[int, int]]  # of stand-ins among the parameters, with the number of the argument


class KeptQuery(Generic[Row]):
    """A query with arguments of these types. Call it for a list of its rows."""

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], *types: type) -> None:
        self.build = build
        self.stand_ins = [STAND_INS[kind](n) for n, kind in enumerate(types)]
        self.compiled: Compiled | None = None

    def __call__(self, *values: Any) -> list[Row]:
        if any(isinstance(value, int) and value > MAX_INT for value in values):
            return []  # PostgreSQL would compare it with each row, as a decimal
        self.compiled = compiled = self.compiled or self._compile()
        parameters = compiled.parameters.copy()
        for place, number in compiled.places:
            parameters[place] = values[number]
        built: Any = compiled.queryset
        alias = router.db_for_read(built.model)
        running: Any = copy.copy(compiled.compiler)
        running.connection, running.using = connections[alias], alias
        running.as_sql = lambda: (compiled.sql, parameters)
        query = copy.copy(built.query)
        query.get_compiler = lambda using: running
        return list(built._iterable_class(SimpleNamespace(db=alias, query=query, _known_related_objects={})))

    def with_keys(self, keys: Sequence[int]) -> list[Row]:
        """Call a query whose arguments are all keys with these. Missing ones are 0, which no row has."""
        return self(*keys, *[0] * (len(self.stand_ins) - len(keys)))

    def _compile(self) -> Compiled:
        """Compose the SQL. Raise ValueError if it lost an argument."""
        queryset = self.build(*self.stand_ins)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, found = compiler.as_sql()
        parameters = list(found)
        places = [(n, self.stand_ins.index(value)) for n, value in enumerate(parameters) if value in self.stand_ins]
        if {number for _, number in places} != set(range(len(self.stand_ins))):
            raise ValueError("The SQL of a kept query must have each of its arguments as a parameter.")
        return Compiled(queryset, compiler, sql, parameters, places)
