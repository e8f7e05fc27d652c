"""What the rest of the guide needs of a row: checked before a change of it reaches readers."""

from django.core.exceptions import ValidationError
from django.db import models

from guide.models import Article, ReferenceChange, SafetyMessage, Source
from guide.pages.blocks import UnknownPart, fill
from guide.review.row_citations import cited_keys, unknown_keys, used_in
from guide.review.row_snapshot import GATED


class StillNeeded(ValueError):
    """Something else in the guide rests on this row."""


def sources_are_there(change: ReferenceChange) -> None:
    unknown = unknown_keys(cited_keys(GATED[change.model], change.fields))
    if unknown:
        raise ValidationError([f"There is no source {key}." for key in unknown])


def may_go(row: models.Model) -> None:
    """Raises StillNeeded for what others rest on."""
    if isinstance(row, SafetyMessage):
        raise StillNeeded("Pages rest on safety messages: they may be reworded, never missing.")
    uses = used_in(row) if isinstance(row, Source) else []
    if uses:
        raise StillNeeded(f"It is cited in {len(uses)} places, first in {uses[0].where}.")
    for relation in row._meta.related_objects:
        protects = getattr(relation, "on_delete", None) is models.PROTECT
        if protects and relation.related_model._default_manager.filter(**{relation.field.name: row.pk}).exists():
            raise StillNeeded(f"There are {relation.related_model._meta.verbose_name_plural} that belong to it.")


def parts_are_there() -> None:
    """Every [[part]] of every live page finds its rows. Raises StillNeeded."""
    for article in Article.objects.published():
        try:
            fill(article.live.body_html)
        except UnknownPart as error:
            raise StillNeeded(f"The page “{article.live.title}” needs it: {error}") from error
