"""Differences between two contents of a row or a page, field by field, as editors read them."""

from collections.abc import Iterator
from typing import Any

from django.db import models

from guide.models import Article
from guide.review.snapshot import LISTED, Json, fields_of, owned_by
from guide.text.diff import FieldDiff, diff_fields

Texts = tuple[str, str, str, str]


def content_diff(model: type[models.Model], before: Json, after: Json) -> list[FieldDiff]:
    """Return the fields that differ, in the order of the form. For a new subject or a removal: all that are not empty."""
    return diff_fields(differing_texts(model, before, after))


def differing_texts(model: type[models.Model], before: Json, after: Json) -> Iterator[Texts]:
    """Yield (name, label, old text, new text) of the fields that differ."""
    yield from _of_fields(fields_of(model), before, after, "")
    owned = owned_by(model)
    if owned:
        yield from _of_parts(owned, before.get(owned.name, []), after.get(owned.name, []))


def _of_fields(fields: list[Any], before: Json, after: Json, prefix: str, key: str = "") -> Iterator[Texts]:
    for field in fields:
        old, new = (state.get(field.name) for state in (before, after))
        if old != new:
            yield key or field.name, prefix + str(field.verbose_name), field_text(field, old), field_text(field, new)


def _of_parts(owned: Any, before: list[Json], after: list[Json]) -> Iterator[Texts]:
    """Compare owned rows, matched by key; one without a key is new."""
    fields = [f for f in fields_of(owned.related_model) if f.name != owned.field.name]
    old, new = ({p["id"]: p for p in parts if p.get("id")} for parts in (before, after))
    pairs = [(old.get(key, {}), new.get(key, {})) for key in dict.fromkeys([*old, *new])]
    pairs += [({}, part) for part in after if not part.get("id")]
    for old_part, new_part in pairs:
        prefix = f"{_part_name(owned.related_model, old_part or new_part)}: "
        yield from _of_fields(fields, old_part, new_part, prefix, owned.name)


def _part_name(model: type[models.Model], part: Json) -> str:
    if "row" in part:
        field: Any = model._meta.get_field("row")
        return str(field.related_model._default_manager.filter(pk=part["row"]).first())
    return str(part.get("label") or model._meta.verbose_name)


def _name(row: models.Model) -> str:
    return row.live_revision.title if isinstance(row, Article) and row.live_revision else str(row)


def field_text(field: Any, value: Any) -> str:
    """Return a value as an editor reads it."""
    if value in (None, ""):
        return ""
    related = LISTED.get(field.name) or field.related_model
    if related:
        keys = value if isinstance(value, list) else [value]
        rows = related._default_manager.filter(pk__in=keys)
        return ", ".join(_name(row) for row in (rows.select_related("live_revision") if related is Article else rows))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
