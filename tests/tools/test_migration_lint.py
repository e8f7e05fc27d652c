import pytest
from django.db import migrations, models

from tools.migration_lint import lint, main


def problems(operation, source=""):
    migration = migrations.Migration("0009_example", "forum")
    migration.operations = [operation]
    return lint(migration, source)


DANGEROUS = [
    migrations.RemoveField("post", "words"),
    migrations.DeleteModel("post"),
    migrations.RenameField("post", "words", "text"),
    migrations.RenameModel("post", "reply"),
    migrations.AddField("post", "lane", models.IntegerField()),
    migrations.AddField("post", "lane", models.IntegerField(default=0)),
    migrations.AlterField("post", "lane", models.IntegerField()),
    migrations.AddIndex("post", models.Index(fields=["lane"], name="i")),
    migrations.AddConstraint("post", models.CheckConstraint(condition=models.Q(lane__gt=0), name="c")),
    migrations.RunPython(lambda apps, editor: None),
]
SAFE = [
    migrations.CreateModel("Post", [("id", models.BigAutoField(primary_key=True))]),
    migrations.AddField("post", "lane", models.IntegerField(null=True)),
    migrations.AddField("post", "lane", models.IntegerField(db_default=0)),
    migrations.AlterField("post", "lane", models.IntegerField(null=True)),
    migrations.RunPython(lambda apps, editor: None, migrations.RunPython.noop),
]


@pytest.mark.parametrize("operation", DANGEROUS, ids=lambda operation: operation.describe())
def test_what_breaks_the_previous_release_or_locks_is_found(operation):
    assert len(problems(operation)) == 1


@pytest.mark.parametrize("operation", SAFE, ids=lambda operation: operation.describe())
def test_what_only_expands_is_accepted(operation):
    assert problems(operation) == []


def test_a_contraction_is_accepted_with_the_release_since_which_nothing_uses_it():
    assert problems(DANGEROUS[0], "# contract: words is not used since 1.2\n") == []
    assert len(problems(DANGEROUS[0], "# contract: trust me\n")) == 1
    assert len(problems(DANGEROUS[7], "# contract: lane is not used since 1.2\n")) == 1  # a lock stays a lock


def test_the_projects_own_migrations_are_safe(capsys):
    assert (main(), capsys.readouterr().out) == (0, "")
