"""Who reviewed a text of the open data, or that no one has: what the site's own pages say of it."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.template.loader import render_to_string

from core.html_text import html_text
from guide.models import Proposal, ProposalDecision
from guide.pages.article_context import ReviewStatus

Review = dict[str, Any]
RowReviews = dict[tuple[str, int | None], Review]
NOT_REVIEWED: Review = {"status": "not-reviewed", "by": None, "on": None, "due": None, "notice": None}


def article_review(status: ReviewStatus) -> Review:
    """Return “reviewed” only if a clinician signed the live text, as on the article's page."""
    notice = (
        _words("guide/pages/_unreviewed_text.html", {"unreviewed": status.unreviewed}) if status.unreviewed else None
    )
    if status.signature is None:
        return NOT_REVIEWED | {"notice": notice}
    signed = status.signature
    days = {"on": signed.decided_at.date().isoformat(), "due": signed.review_due.isoformat()}
    return {"status": "reviewed", "by": signed.signature, **days, "notice": notice}


def row_reviews(*models: str) -> RowReviews:
    """Return the reviews of the rows that were changed on the site, by model and key. Two queries.

    Pages name no reviewer of a row, so the open data don't either.
    """
    notices = {proposal.pk: proposal for proposal in Proposal.objects.live_unreviewed().filter(model__in=models)}
    return {(row.model, row.object_id): _row_review(row, notices.get(row.pk)) for row in _live_rows(models)}


def review_of(row: Any, reviews: RowReviews) -> Review:
    return reviews.get((row._meta.model_name, row.pk), NOT_REVIEWED)


def _live_rows(models: tuple[str, ...]) -> QuerySet[Any]:
    reviews = ProposalDecision.objects.reviews().filter(proposal=OuterRef("pk"))
    return (
        Proposal.objects.live()
        .filter(model__in=models)
        .annotate(reviewed_at=Subquery(reviews.values("decided_at")[:1]))
    )


def _row_review(live: Any, unreviewed: Proposal | None) -> Review:
    if unreviewed:
        return NOT_REVIEWED | {"notice": _words("guide/_unreviewed.html", {"proposals": [unreviewed]})}
    if live.reviewed_at is None:
        return NOT_REVIEWED
    return NOT_REVIEWED | {"status": "approved", "on": live.reviewed_at.date().isoformat()}


def _words(template: str, context: dict[str, Any]) -> str:
    return " ".join(html_text(render_to_string(template, context)).split())
