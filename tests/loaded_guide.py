"""The whole guide in the database, as `load_guide` leaves it: loaded once in each process, then copied back table by table.

Loading renders every article and indexes every word, over a second; a copy of the rows is many times quicker. What
load_guide itself does is tested in tests/guide/content_io/test_importer.py, through the command.
"""

from functools import cache
from io import StringIO

import pgtrigger
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.fields import AutoField

from accounts.models import HouseRulesText
from guide.models import Article

COLUMNS = "{table} ({columns})"


def bring_guide() -> None:
    """Load the guide, by COPY if the tables are empty and its rows are known."""
    rows, empty = _kept(), not _read()
    if rows and empty:
        _write(rows)
        return
    call_command("load_guide", verbosity=0)
    if empty:
        rows.update(_read())


@cache
def _kept() -> dict[type[Model], str]:
    return {}


def _read() -> dict[type[Model], str]:
    """Return the rows of each non-empty table, without generated columns."""
    rows = {}
    models = [*apps.get_app_config("guide").get_models(include_auto_created=True), HouseRulesText]
    # Articles last: what one shows must be there, and published, before.
    for model in sorted(models, key=lambda each: each is Article):
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {_target(model)} TO STDOUT", found := StringIO())
        if found.getvalue():
            rows[model] = found.getvalue()
    return rows


@transaction.atomic  # keys are checked at its end
@pgtrigger.ignore("guide.Proposal:published_by_decision", "guide.ProposalDecision:no_self_approval")
def _write(rows: dict[type[Model], str]) -> None:
    """Disable foreign key checks during the block: proposals and decisions refer to each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # by which pgtrigger tells the transaction what to ignore; COPY passes it by
        for model, text in rows.items():
            cursor.copy_expert(f"COPY {_target(model)} FROM STDIN", StringIO(text))
            if isinstance(model._meta.pk, AutoField):
                _count_on(cursor, model)


def _target(model: type[Model]) -> str:
    columns = [field.column for field in model._meta.local_concrete_fields if not field.generated]
    return COLUMNS.format(table=model._meta.db_table, columns=", ".join(f'"{column}"' for column in columns))


def _count_on(cursor, model: type[Model]) -> None:
    """Advance the sequences, which COPY does not change."""
    table, pk = model._meta.db_table, model._meta.pk.column
    cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', '{pk}'), max({pk})) FROM {table}")  # noqa: S608
