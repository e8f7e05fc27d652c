"""Write docs/entities.md, the models of each app with their relations: `make diagram`, or `python -m tools.entity_diagram`.

It reads the models and no database. The same models always give the same file.
"""

import inspect
import os
from collections.abc import Iterator
from pathlib import Path

import django
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "entities.md"
APPS = ["guide", "forum", "accounts"]
INTRODUCTION = """# Entities

The models of each app and how they refer to each other. Relations to `User` are left out of the pictures; the tables name
them in the column *people*. Made by `make diagram` from the code: don't edit this page.
"""
Model = type[models.Model]


def page() -> str:
    return "\n".join([INTRODUCTION, *(_section(label) for label in APPS)])


def models_of(label: str) -> list[Model]:
    """The app's own models, without the tables that Django makes for many-to-many relations."""
    return sorted(apps.get_app_config(label).get_models(), key=lambda model: model.__name__)


def _section(label: str) -> str:
    relations = [line for model in models_of(label) for line in _relations(model)]
    rows = [_row(model) for model in models_of(label)]
    head = ["| model | what it is | people | file |", "|---|---|---|---|"]
    return "\n".join([f"## {label}", "", "```mermaid", "erDiagram", *relations, "```", "", *head, *rows, ""])


def _relations(model: Model) -> Iterator[str]:
    """One line for each relation to another model, as Mermaid writes it; just the model's name if it has none."""
    to_models = [field for field in _relation_fields(model) if not _is_person(field)]
    for field in to_models:
        yield f"    {_name(field.related_model, model)} {_ends(field)} {model.__name__} : {field.name}"
    if not to_models:
        yield f"    {model.__name__}"


def _relation_fields(model: Model) -> list[models.ForeignKey | models.ManyToManyField]:
    own = [field for field in model._meta.get_fields() if isinstance(field, models.ForeignKey | models.ManyToManyField)]
    return sorted(own, key=lambda field: field.name)


def _is_person(field: models.ForeignKey | models.ManyToManyField) -> bool:
    return field.related_model is apps.get_model("accounts", "User")


def _ends(field: models.ForeignKey | models.ManyToManyField) -> str:
    if isinstance(field, models.ManyToManyField):
        return "}o--o{"
    one = "|o" if field.null else "||"
    return f"{one}--o|" if isinstance(field, models.OneToOneField) else f"{one}--o{{"


def _name(related: Model, model: Model) -> str:
    """A model of another app is shown with its app's name."""
    label = related._meta.app_label
    return related.__name__ if label == model._meta.app_label else f"{label}_{related.__name__}"


def _row(model: Model) -> str:
    people = ", ".join(f"`{field.name}`" for field in _relation_fields(model) if _is_person(field))
    file = Path(inspect.getfile(model)).relative_to(ROOT)
    return f"| {model.__name__} | {_meaning(model)} | {people} | `{file}` |"


def _meaning(model: Model) -> str:
    """The first line of its docstring; empty where Django made one from the fields."""
    text = inspect.cleandoc(model.__doc__ or "")
    return "" if text.startswith(f"{model.__name__}(") else text.split("\n")[0].replace("|", "\\|")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
