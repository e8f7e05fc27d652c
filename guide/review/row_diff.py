"""How a change differs from what readers see, field by field, with the changed words marked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db import models

from guide.review.row_snapshot import Json, fields_of, owned_by

MOST_WORDS = 3000  # of both texts together; longer ones are compared by their lines
Piece = tuple[bool, str]


@dataclass(frozen=True)
class Difference:
    """One field: its name, and what it was and would be as pieces (whether changed, words)."""

    label: str
    old: list[Piece]
    new: list[Piece]


def differences(model: type[models.Model], before: Json, after: Json) -> list[Difference]:
    """Fields that differ, in the order of the form. For a new row or a removal: all that say something."""
    found = list(_of_fields(fields_of(model), before, after, ""))
    owned = owned_by(model)
    if owned:
        found += _of_parts(owned, before.get(owned.name, []), after.get(owned.name, []))
    return found


def _of_fields(fields: list[Any], before: Json, after: Json, prefix: str) -> Iterator[Difference]:
    for field in fields:
        old, new = (state.get(field.name) for state in (before, after))
        if old != new and (_said(old) or _said(new)):
            yield Difference(prefix + str(field.verbose_name), *marked(_words(field, old), _words(field, new)))


def _said(value: Any) -> bool:
    return value not in (None, "", [])


def _of_parts(owned: Any, before: list[Json], after: list[Json]) -> Iterator[Difference]:
    """Parts by their key; what has none yet is new."""
    fields = [f for f in fields_of(owned.related_model) if f.name != owned.field.name]
    old, new = ({p["id"]: p for p in parts if p.get("id")} for parts in (before, after))
    pairs = [(old.get(key, {}), new.get(key, {})) for key in dict.fromkeys([*old, *new])]
    pairs += [({}, part) for part in after if not part.get("id")]
    for was, will in pairs:
        yield from _of_fields(fields, was, will, f"{_part_name(owned.related_model, was or will)}: ")


def _part_name(model: type[models.Model], part: Json) -> str:
    if "row" in part:
        field: Any = model._meta.get_field("row")
        return str(field.related_model._default_manager.filter(pk=part["row"]).first())
    return str(part.get("label") or model._meta.verbose_name)


def _words(field: Any, value: Any) -> str:
    """A value as an editor reads it."""
    if value in (None, ""):
        return ""
    if field.is_relation:
        keys = value if isinstance(value, list) else [value]
        return ", ".join(str(row) for row in field.related_model._default_manager.filter(pk__in=keys))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def marked(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces; those that the other one lacks are marked."""
    one, other = _tokens(old), _tokens(new)
    if len(one) + len(other) > MOST_WORDS:
        one, other = old.splitlines(keepends=True), new.splitlines(keepends=True)
    before: list[Piece] = []
    after: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        changed = kind != "equal"
        before += [(changed, "".join(one[a:b]))] if b > a else []
        after += [(changed, "".join(other[c:d]))] if d > c else []
    return before, after


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+|\s+|[^\w\s]", text)
