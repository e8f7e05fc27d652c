"""Find migrations that the previous release could not work with, or that lock a table for long.

python -m tools.migration_lint

A release is deployed while the one before still runs, so a migration may only expand: add what the old code does not know.
What it removes or renames must be unused since an earlier release; such a migration says so in a line of its own:

    # contract: <name> is not used since <release>

The first migration of an app is not checked, since there was nothing before it.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

OWN_APPS = ["accounts", "guide", "forum"]
CONTRACT = re.compile(r"^\s*# contract: \w+.* is not used since \S+", re.MULTILINE)
CONTRACTING = {
    migrations.RemoveField: "removes a column",
    migrations.DeleteModel: "removes a table",
    migrations.RenameField: "renames a column",
    migrations.RenameModel: "renames a table",
    migrations.AlterModelTable: "renames a table",
}


def problems(operation: Operation) -> Iterator[str]:
    """Yield what is dangerous about one operation."""
    for kind, problem in CONTRACTING.items():
        if isinstance(operation, kind):
            yield f"contract: {problem} that the previous release uses"
    if isinstance(operation, migrations.AddField) and _needs_value(operation.field):
        yield "adds a column that the previous release doesn't fill: give it null=True or a db_default"
    if isinstance(operation, migrations.AlterField):
        yield from _alter_problems(operation.field)
    if isinstance(operation, migrations.AddIndex):
        yield "locks the table while the index is built: use AddIndexConcurrently in a migration with atomic = False"
    if isinstance(operation, migrations.AddConstraint) and isinstance(operation.constraint, models.CheckConstraint):
        yield "checks all rows under a lock: use AddConstraintNotValid, and ValidateConstraint in the next migration"
    if isinstance(operation, migrations.RunPython) and operation.reverse_code is None:
        yield "can't be rolled back: give it a reverse_code, migrations.RunPython.noop if there is nothing to undo"


def _needs_value(field: models.Field) -> bool:
    return not (field.null or field.has_db_default() or field.many_to_many)


def _alter_problems(field: models.Field) -> Iterator[str]:
    if not field.null and not field.has_db_default():
        yield "contract: alters a column that must hold a value, perhaps one that the previous release leaves empty"


def lint(migration: migrations.Migration, source: str) -> list[str]:
    """Return the problems of a migration. Its `# contract:` line permits those of a contraction."""
    found = [problem for operation in migration.operations for problem in problems(operation)]
    return [problem for problem in found if not (problem.startswith("contract:") and CONTRACT.search(source))]


def main() -> int:
    import django
    from django.db.migrations.loader import MigrationLoader

    django.setup()
    count = 0
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        if app in OWN_APPS and not migration.initial and not name.startswith("0001_"):
            source = Path(sys.modules[migration.__module__].__file__ or "").read_text()
            for problem in lint(migration, source):
                print(f"{app}/migrations/{name}.py {problem}")
                count += 1
    return 1 if count else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    sys.exit(main())
