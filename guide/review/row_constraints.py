"""What the rest of the guide needs of a reference row, checked before a proposal for it is published."""

from django.db import models

from guide.models import Article, Proposal, SafetyMessage, Source
from guide.pages.blocks import UnknownPart, fill
from guide.review.refusals import HasFaults
from guide.review.row_citations import cited_keys, unknown_keys, used_in
from guide.review.row_snapshot import REFERENCE_MODELS


def missing_sources(proposal: Proposal) -> list[str]:
    """A fault for each cited source that does not exist."""
    unknown = unknown_keys(cited_keys(REFERENCE_MODELS[proposal.model], proposal.content))
    return [f"There is no source {key}." for key in unknown]


def refuse_removal_if_needed(row: models.Model) -> None:
    """Raise HasFaults for a row that other parts of the guide need."""
    if isinstance(row, SafetyMessage):
        raise HasFaults("Pages need their safety messages: they can be reworded, never removed.")
    uses = used_in(row) if isinstance(row, Source) else []
    if uses:
        raise HasFaults(f"It is cited in {len(uses)} places, first in {uses[0].where}.")
    for relation in row._meta.related_objects:
        protects = getattr(relation, "on_delete", None) is models.PROTECT
        if protects and relation.related_model._default_manager.filter(**{relation.field.name: row.pk}).exists():
            raise HasFaults(f"There are {relation.related_model._meta.verbose_name_plural} that belong to it.")


def refuse_missing_parts() -> None:
    """Raise HasFaults unless every [[part]] of every live page finds its rows."""
    for article in Article.objects.published():
        live = article.live_revision
        try:
            fill(live.body_html if live else "")
        except UnknownPart as error:
            raise HasFaults(f"The page “{live.title if live else article}” needs it: {error}") from error
