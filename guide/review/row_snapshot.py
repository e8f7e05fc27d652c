"""A row of the guide as plain JSON and back.

Every field stands under its name, a row that it points at as a key, and rows that belong to it (the cells of a treatment, the
groups of a figure) as a list under the name of their relation.
"""

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from guide.models import (
    GlossaryTerm,
    HelpLine,
    MatrixRow,
    Milestone,
    OutcomeFigure,
    Question,
    QuestionGroup,
    SafetyMessage,
    Section,
    SideEffect,
    Source,
    Story,
    SupportGroup,
    Treatment,
    Video,
    VideoTopic,
)

Json = dict[str, Any]
GATED: dict[str, type[models.Model]] = {
    model.__name__.lower(): model
    for model in (
        *(GlossaryTerm, HelpLine, MatrixRow, Milestone, OutcomeFigure, Question, QuestionGroup, SafetyMessage),
        *(Section, SideEffect, Source, Story, SupportGroup, Treatment, Video, VideoTopic),
    )
}
OWNED = {"treatment": "cells", "outcomefigure": "arms"}


def name_of(model: type[models.Model] | models.Model) -> str:
    return str(model._meta.model_name)


def fields_of(model: type[models.Model]) -> list[Any]:
    """What an editor sets: the columns but the key, then what it is joined with."""
    return [f for f in model._meta.concrete_fields if not f.primary_key] + list(model._meta.many_to_many)


def owned_by(model: type[models.Model]) -> Any:
    """The relation of the rows that are edited with this one, or None."""
    name = OWNED.get(name_of(model))
    return model._meta.get_field(name) if name else None


def snapshot(row: models.Model | None) -> Json:
    """The row as the database has it; {} for one that is not there."""
    if row is None:
        return {}
    found = columns(row)
    for field in row._meta.many_to_many:
        found[field.name] = sorted(other.pk for other in getattr(row, field.name).all())
    owned = owned_by(type(row))
    if owned:
        rows = sorted(getattr(row, owned.name).all(), key=lambda part: part.pk)
        found[owned.name] = [{"id": part.pk, **columns(part, without=owned.field.name)} for part in rows]
    return found


def columns(row: models.Model, without: str = "") -> Json:
    fields = [f for f in row._meta.concrete_fields if not f.primary_key and f.name != without]
    return {f.name: _plain(f, getattr(row, f.attname)) for f in fields}


def _plain(field: Any, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(field, models.DecimalField) and value is not None:
        return f"{Decimal(value):.{field.decimal_places}f}"
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    return list(value) if isinstance(value, list | tuple) else value


def digest(*states: Any) -> str:
    """A short name for this very state of a row, to notice that it is another one by now."""
    return hashlib.sha256(json.dumps(states, sort_keys=True).encode()).hexdigest()[:32]


def settled(fields: Json, before: Json) -> Json:
    """The new fields, but a text that differs in the spaces around it only stays as it is."""
    return {name: _settle(value, before.get(name)) for name, value in fields.items()}


def _settle(value: Any, old: Any) -> Any:
    if isinstance(value, str) and isinstance(old, str):
        return old if value.strip() == old.strip() else value
    if isinstance(value, list) and isinstance(old, list) and _are_rows(value):
        known = {part["id"]: part for part in old if isinstance(part, dict)}
        return [settled(part, known.get(part["id"], {})) for part in value]
    return value


def _are_rows(value: list[Any]) -> bool:
    return bool(value) and all(isinstance(part, dict) for part in value)


def overlay(row: models.Model, fields: Json) -> None:
    """Put these columns on the row in memory; joins and owned rows are not touched."""
    for field in row._meta.concrete_fields:
        if field.name in fields and not field.primary_key:
            column: Any = getattr(field, "target_field", field)
            value = column.to_python(fields[field.name])
            setattr(row, field.attname, [] if value is None and isinstance(column, ArrayField) else value)


def build(model: type[models.Model], fields: Json, pk: int | None) -> Any:
    """The row as it would be, in memory alone, with what belongs to it: for previews."""
    row = model(pk=pk or 0)
    overlay(row, fields)
    held: dict[str, Any] = {}
    for field in model._meta.many_to_many:
        held[field.name] = field.related_model._default_manager.filter(pk__in=fields.get(field.name, []))
    owned = owned_by(model)
    if owned:
        held[owned.name] = holding(
            owned.related_model, [_part(row, owned, part) for part in fields.get(owned.name, [])]
        )
    row._prefetched_objects_cache = held  # type: ignore[attr-defined]
    return row


def _part(row: models.Model, owned: Any, fields: Json) -> models.Model:
    part = owned.related_model(pk=fields.get("id") or 0)
    overlay(part, fields)
    setattr(part, owned.field.name, row)
    return part


def holding(model: type[models.Model], rows: list[Any]) -> Any:
    """These very rows as what a relation's `.all()` gives; nothing is asked of the database."""
    found: Any = model._default_manager.all()
    found._result_cache, found._prefetch_done = rows, True
    return found


def store(row: models.Model, fields: Json) -> None:
    """Write the row as the fields say. The caller holds its lock. Raises ValidationError, also for a part of it."""
    overlay(row, fields)
    row.full_clean()
    row.save()
    for field in row._meta.many_to_many:
        getattr(row, field.name).set(fields.get(field.name, []))
    owned = owned_by(type(row))
    if owned:
        _store_owned(row, owned, fields.get(owned.name, []))


def _store_owned(row: models.Model, owned: Any, parts: list[Json]) -> None:
    """What is gone goes first: a new cell may take its place."""
    there = getattr(row, owned.name).in_bulk()
    for pk, part in there.items():
        if pk not in {p.get("id") for p in parts}:
            part.delete()
    for fields in parts:
        part = there.get(fields.get("id")) or owned.related_model(**{owned.field.name: row})
        overlay(part, fields)
        part.full_clean()
        part.save()


def rebased(fields: Json, before: Json, now: Json) -> Json:
    """A draft over what the row is by now: what the draft changed, and everything else as it stands today."""
    merged = {name: _rebase(value, before.get(name), now.get(name)) for name, value in fields.items()}
    return now | merged if now else fields


def _rebase(value: Any, old: Any, now: Any) -> Any:
    if isinstance(value, list) and isinstance(now, list) and _are_rows([*value, *now]):
        return _rebase_parts(value, old or [], now)
    return now if value == old else value


def _rebase_parts(value: list[Json], old: list[Json], now: list[Json]) -> list[Json]:
    mine, was = ({p["id"]: p for p in parts if p.get("id")} for parts in (value, old))
    kept = [p for p in now if p["id"] in mine or p["id"] not in was]
    merged = [rebased(mine[p["id"]], was.get(p["id"], {}), p) if p["id"] in mine else p for p in kept]
    return merged + [p for p in value if not p.get("id")]
