"""Scheduled publication, which needs no running job.

This is the only place where a reader's GET may write: a reviewer made the decision earlier, and only its time had to come.
The first request after that time publishes the proposal, once, under the subject's lock. The worker does the same.
"""

import logging
from datetime import datetime

from django.db import DatabaseError
from django.utils import timezone

from core import page_cache
from guide.models import Proposal
from guide.review.revisions import NEXT_DUE_KEY, clear_next_due
from guide.review.workflow import publish_if_due

log = logging.getLogger(__name__)
CACHE_SECONDS = 60  # short, since some caches are not shared between processes
NOTHING = "nothing"


def publish_due() -> int:
    """Publish every scheduled proposal that is due. Return how many were published."""
    due = Proposal.objects.due().select_related("revision__article").order_by("scheduled_for", "pk")
    published = sum([publish_if_due(proposal) for proposal in due])
    clear_next_due()
    return published


def publish_due_for_reader() -> None:
    """Publish what is due before a page is shown, without a query if nothing is. A database error is only logged."""
    try:
        due = _next_due()
        if due and due <= timezone.now():
            publish_due()
    except DatabaseError:
        log.exception("A scheduled proposal could not be published.")
        page_cache.shared().set(NEXT_DUE_KEY, NOTHING, CACHE_SECONDS)


def _next_due() -> datetime | None:
    known = page_cache.shared().get(NEXT_DUE_KEY)
    if known is None:
        times = Proposal.objects.scheduled().order_by("scheduled_for").values_list("scheduled_for", flat=True)
        known = times.first()
        page_cache.shared().set(NEXT_DUE_KEY, known or NOTHING, CACHE_SECONDS)
    return None if known == NOTHING else known
