"""The claims of a proposal, each with the sources that it cites, for reviewers."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import models

from guide.models import Source
from guide.models.reference import CITED
from guide.review.citations import CITATION
from guide.review.snapshot import Json, fields_of, owned_by

CLAIM = re.compile(r"([^\n]*?)((?:\[\^[^\]\n]+\]\s?)+)")
LINK = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)")
MARKUP = re.compile(r"^[\s>#|*-]*(?:\d+\.\s)?|[*|]|:::.*")


class Claim(NamedTuple):
    """Words that cite sources. `is_new` if readers don't see them with these sources now."""

    text: str
    sources: list[Source]
    is_new: bool


def claims_of(model: type[models.Model], before: Json, after: Json) -> list[Claim]:
    """Return the claims that a page or a row would make, new ones first, each with its sources."""
    known, found = set(_cited(model, before)), list(dict.fromkeys(_cited(model, after)))
    sources = Source.objects.in_bulk({key for _, keys in found for key in keys}, field_name="key")
    claims = [
        Claim(text, [sources[k] for k in keys if k in sources], (text, keys) not in known) for text, keys in found
    ]
    return sorted(claims, key=lambda claim: not claim.is_new)


def _cited(model: type[models.Model], content: Json) -> Iterator[tuple[str, tuple[str, ...]]]:
    for field in fields_of(model):
        value = content.get(field.name) or ""
        if field.name == "sources" and isinstance(value, list):
            yield "The whole row", tuple(value)
        elif field.help_text == CITED or field.name in ("in_short", "body"):
            yield from _in_text(value)
    owned: Any = owned_by(model)
    for part in content.get(owned.name, []) if owned else []:
        yield from _cited(owned.related_model, part)


def _in_text(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for words, marks in CLAIM.findall(text):
        keys = tuple(dict.fromkeys(CITATION.findall(marks)))
        if keys:
            yield MARKUP.sub("", LINK.sub(r"\1", words)).strip(), keys
