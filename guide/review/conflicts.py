"""Conflicts: two people changed the same article or row. Their contents are merged field by field, and none is lost."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import models

from guide.models import Proposal
from guide.review.diff import differing_texts
from guide.review.snapshot import Json, fields_of, owned_by, same_value
from guide.text.merge3 import merge


class Merge(NamedTuple):
    """The merged content, and in how many places both changed the same words."""

    content: Json
    unresolved: int


@dataclass(frozen=True)
class Conflict:
    """`author` saved another content meanwhile. `content` has both people's changes.

    `rows` are (label, their text, your text) of the fields that differ; in `unresolved` places both changed the same words.
    """

    author: str
    content: Json
    rows: list[tuple[str, str, str]]
    unresolved: int
    note: str = ""


def conflict_with(
    author: str, model: type[models.Model], *, base: Json, mine: Json, theirs: Json, note: str = ""
) -> Conflict:
    """Merge what was typed into what `author` saved. `base` is the content that both began with, {} if unknown."""
    merged = merge_contents(model, base, mine, theirs, name=author)
    texts = [(label, old, new) for _, label, old, new in differing_texts(model, theirs, mine)]
    rows = [(label[:1].upper() + label[1:], old, new) for label, old, new in texts if old.strip() != new.strip()]
    return Conflict(author, merged.content, rows, merged.unresolved, note)


def author_of(proposal: Proposal | None) -> str:
    return str(proposal.author if proposal and proposal.author else "the content files")


def merge_contents(model: type[models.Model], base: Json, mine: Json, theirs: Json, *, name: str) -> Merge:
    """Merge two contents. Where both changed a field that is no long text, `mine` wins."""
    texts = {field.name for field in fields_of(model) if isinstance(field, models.TextField)}
    owned = owned_by(model)
    content, unresolved = dict(theirs), 0
    for key, value in mine.items():
        ours = (base.get(key), value, theirs.get(key))
        if owned and key == owned.name:
            content[key], more = _merge_parts(owned.related_model, *(part or [] for part in ours), name=name)
        else:
            content[key], more = _merge_value(*ours, is_text=key in texts, name=name)
        unresolved += more
    return Merge(content, unresolved)


def _merge_value(base: Any, mine: Any, theirs: Any, *, is_text: bool, name: str) -> tuple[Any, int]:
    if same_value(mine, base):
        return theirs, 0
    if not is_text or same_value(theirs, base) or same_value(mine, theirs):
        return mine, 0
    return merge(*(str(text or "").strip() for text in (base, mine, theirs)), name=name)


def _merge_parts(
    model: type[models.Model], base: list[Json], mine: list[Json], theirs: list[Json], *, name: str
) -> tuple[list[Json], int]:
    """Merge owned rows. One that a person removed stays if the other one changed it."""
    began, ours, other = ({_identity(part): part for part in parts} for parts in (base, mine, theirs))
    found: list[Json] = []
    unresolved = 0
    for key in dict.fromkeys([*other, *ours]):
        if key in ours and key in other:
            part, more = merge_contents(model, began.get(key, {}), ours[key], other[key], name=name)
            found, unresolved = [*found, part], unresolved + more
        elif not _is_same_part(began.get(key), ours.get(key) or other.get(key)):
            found.append(ours.get(key) or other[key])
    return found, unresolved


def _identity(part: Json) -> Any:
    """Identify a cell by its question, and any other row by its primary key or, if it is new, by its label."""
    return part.get("row") or (part["id"] and f"id {part['id']}") or part.get("label")


def _is_same_part(one: Json | None, two: Json | None) -> bool:
    return bool(one and two) and all(same_value(one.get(name), value) for name, value in (two or {}).items())  # type: ignore[union-attr]
