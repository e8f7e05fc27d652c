"""Constraints on reference rows that the rest of the guide depends on, checked before a proposal is published."""

from django.db import models

from guide.models import Article, Picture, SafetyMessage, SitePage, Source
from guide.pages.blocks import UnknownBlock, fill_blocks
from guide.pages.site_pages import site_html
from guide.review.citations import picture_uses, uses_of
from guide.review.exceptions import InvalidProposal


def validate_removal(row: models.Model) -> None:
    """Raise InvalidProposal for a row that other parts of the guide depend on."""
    if isinstance(row, SafetyMessage):
        raise InvalidProposal("Pages need their safety messages. You can reword one, but never remove it.")
    if isinstance(row, SitePage):
        raise InvalidProposal("Every site needs this page. You can change it, but never remove it.")
    uses = uses_of(row) if isinstance(row, Source) else []
    if uses:
        raise InvalidProposal(f"This source is cited in {len(uses)} places, first in {uses[0].where}.")
    shown = picture_uses(row) if isinstance(row, Picture) else []
    if shown:
        places = "place" if len(shown) == 1 else "places"
        raise InvalidProposal(f"This picture is used in {len(shown)} {places}, first in {shown[0].where}.")
    for relation in row._meta.related_objects:
        protects = getattr(relation, "on_delete", None) is models.PROTECT
        if protects and relation.related_model._default_manager.filter(**{relation.field.name: row.pk}).exists():
            raise InvalidProposal(
                f"Remove the {relation.related_model._meta.verbose_name_plural} that belong to it first."
            )


def validate_live_pages() -> None:
    """Raise InvalidProposal unless every page block of every live page finds its rows."""
    for article in Article.objects.published():
        live = article.live_revision
        try:
            fill_blocks(live.body_html if live else "")
        except UnknownBlock as error:
            raise InvalidProposal(f"The page “{live.title if live else article}” needs it: {error}") from error
    for page in SitePage.objects.all():
        try:
            site_html(page.body)
        except UnknownBlock as error:
            raise InvalidProposal(f"The page “{page}” needs it: {error}") from error
