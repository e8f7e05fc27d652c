"""Snapshots: a reference row or a whole page as JSON, and back.

Each field is stored under its name, a related row as its key, related rows as a list of keys, and owned rows (the cells of a
treatment, the arms of a figure) as a list under the name of their relation.
"""

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from guide.models import (
    Article,
    ArticleRevision,
    GlossaryTerm,
    HelpLine,
    MatrixRow,
    Milestone,
    OutcomeFigure,
    Picture,
    Question,
    QuestionGroup,
    SafetyMessage,
    Section,
    SideEffect,
    SitePage,
    Source,
    Story,
    SupportGroup,
    Treatment,
    Video,
    VideoTopic,
)
from guide.models.page_fields import PAGE_FIELDS
from guide.models.review import ARTICLE

Json = dict[str, Any]
REFERENCE_MODELS: dict[str, type[models.Model]] = {
    model.__name__.lower(): model
    for model in (
        *(GlossaryTerm, HelpLine, MatrixRow, Milestone, OutcomeFigure, Picture, Question, QuestionGroup),
        *(SafetyMessage, Section, SideEffect, SitePage, Source, Story, SupportGroup, Treatment, Video, VideoTopic),
    )
}
OWNED = {"treatment": "cells", "outcomefigure": "arms"}
LISTED: dict[str, type[models.Model]] = {"safety_messages": SafetyMessage, "related": Article}


def content_model(name: str) -> type[models.Model]:
    """Return the model whose fields a proposal for this kind of subject contains."""
    return ArticleRevision if name == ARTICLE else REFERENCE_MODELS[name]


def find_subject(model: str, pk: int | None, *, lock: bool = False) -> models.Model | None:
    """Return the article or row, locked if `lock`, or None if it does not exist."""
    rows: models.QuerySet[Any] = Article.objects.select_related("live_revision")
    found = (rows if model == ARTICLE else REFERENCE_MODELS[model]._default_manager.all()).filter(pk=pk)
    return found.select_for_update(of=("self",)).first() if lock else found.first()


def name_of(model: type[models.Model] | models.Model) -> str:
    return str(model._meta.model_name)


def fields_of(model: type[models.Model]) -> list[Any]:
    """Return the fields that an editor sets: columns without the primary key, then many-to-many fields."""
    if model is ArticleRevision:
        return [model._meta.get_field(name) for name in PAGE_FIELDS]
    return [f for f in model._meta.concrete_fields if not f.primary_key] + list(model._meta.many_to_many)


def owned_by(model: type[models.Model]) -> Any:
    """Return the relation whose rows are edited together with this one, or None."""
    name = OWNED.get(name_of(model))
    return model._meta.get_field(name) if name else None


def snapshot(row: models.Model | None) -> Json:
    """Return what readers see of a row or an article as JSON, or {} if there is nothing."""
    row = row.live_revision if isinstance(row, Article) else row
    if row is None:
        return {}
    found = column_values(row)
    for field in row._meta.many_to_many:
        found[field.name] = sorted(other.pk for other in getattr(row, field.name).all())
    owned = owned_by(type(row))
    if owned:
        rows = sorted(getattr(row, owned.name).all(), key=lambda part: part.pk)
        found[owned.name] = [{"id": part.pk, **column_values(part, without=owned.field.name)} for part in rows]
    return found


def column_values(row: models.Model, without: str = "") -> Json:
    fields = [f for f in fields_of(type(row)) if not f.many_to_many and f.name != without]
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
    """Return a short hash of a row's content, to detect changes."""
    return hashlib.sha256(json.dumps(states, sort_keys=True).encode()).hexdigest()[:32]


def same_value(one: Any, two: Any) -> bool:
    """Return whether two values of a field, stored or typed, are equal, ignoring line endings and outer spaces."""
    return _as_typed(one) == _as_typed(two)


def _as_typed(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return sorted(map(str, value))
    return str(value if value is not None else "").replace("\r\n", "\n").strip()


def without_outer_spaces(fields: Json, before: Json) -> Json:
    """Return the new fields, keeping the old text where only the surrounding spaces differ."""
    return {name: _without_outer_spaces(value, before.get(name)) for name, value in fields.items()}


def _without_outer_spaces(value: Any, old: Any) -> Any:
    if isinstance(value, str) and isinstance(old, str):
        return old if value.strip() == old.strip() else value
    if isinstance(value, list) and isinstance(old, list) and _are_rows(value):
        known = {part["id"]: part for part in old if isinstance(part, dict)}
        return [without_outer_spaces(part, known.get(part["id"], {})) for part in value]
    return value


def _are_rows(value: list[Any]) -> bool:
    return bool(value) and all(isinstance(part, dict) for part in value)


def apply_fields(row: models.Model, fields: Json) -> None:
    """Set these columns on the row in memory. Leaves many-to-many fields and owned rows alone."""
    for field in row._meta.concrete_fields:
        if field.name in fields and not field.primary_key:
            column: Any = getattr(field, "target_field", field)
            value = column.to_python(fields[field.name])
            setattr(row, field.attname, [] if value is None and isinstance(column, ArrayField) else value)


def build(model: type[models.Model], fields: Json, pk: int | None) -> Any:
    """Build the row and its owned rows in memory, for a preview."""
    row = model(pk=pk or 0)
    apply_fields(row, fields)
    related: dict[str, Any] = {}
    for field in model._meta.many_to_many:
        related[field.name] = field.related_model._default_manager.filter(pk__in=fields.get(field.name, []))
    owned = owned_by(model)
    if owned:
        related[owned.name] = prefetched(
            owned.related_model, [_part(row, owned, part) for part in fields.get(owned.name, [])]
        )
    row._prefetched_objects_cache = related  # type: ignore[attr-defined]
    return row


def _part(row: models.Model, owned: Any, fields: Json) -> models.Model:
    part = owned.related_model(pk=fields.get("id") or 0)
    apply_fields(part, fields)
    setattr(part, owned.field.name, row)
    return part


def prefetched(model: type[models.Model], rows: list[Any]) -> Any:
    """Return a queryset with these rows as its result, to stand in for a relation's `.all()` without a query."""
    found: Any = model._default_manager.all()
    found._result_cache, found._prefetch_done = rows, True
    return found


def store(row: models.Model, fields: Json) -> None:
    """Write the row and its owned rows from `fields`. The caller holds its lock. Raises ValidationError."""
    apply_fields(row, fields)
    row.full_clean()
    row.save()
    for field in row._meta.many_to_many:
        getattr(row, field.name).set(fields.get(field.name, []))
    owned = owned_by(type(row))
    if owned:
        _store_owned(row, owned, fields.get(owned.name, []))


def _store_owned(row: models.Model, owned: Any, parts: list[Json]) -> None:
    """Delete first, since a new cell may replace a deleted one in the same place."""
    existing = getattr(row, owned.name).in_bulk()
    for pk, part in existing.items():
        if pk not in {p.get("id") for p in parts}:
            part.delete()
    for fields in parts:
        part = existing.get(fields.get("id")) or owned.related_model(**{owned.field.name: row})
        apply_fields(part, fields)
        part.full_clean()
        part.save()


def rebase(fields: Json, before: Json, now: Json) -> Json:
    """Merge a draft into the row as it is now: the draft's own changes, and everything else from the row."""
    merged = {name: _rebase(value, before.get(name), now.get(name)) for name, value in fields.items()}
    return now | merged if now else fields


def _rebase(value: Any, old: Any, now: Any) -> Any:
    if isinstance(value, list) and isinstance(now, list) and _are_rows([*value, *now]):
        return _rebase_parts(value, old or [], now)
    return now if value == old else value


def _rebase_parts(value: list[Json], old: list[Json], now: list[Json]) -> list[Json]:
    drafted, before = ({p["id"]: p for p in parts if p.get("id")} for parts in (value, old))
    remaining = [p for p in now if p["id"] in drafted or p["id"] not in before]
    merged = [rebase(drafted[p["id"]], before.get(p["id"], {}), p) if p["id"] in drafted else p for p in remaining]
    return merged + [p for p in value if not p.get("id")]
