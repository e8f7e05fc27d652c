"""Publish what was approved for a chosen time, with no job running.

A reader's GET may write here, and only here: an accountable person decided before, and only the hour was missing. Whoever
comes first after it carries the decision out, once, under the subject's lock. The worker does the same.
"""

import logging
from datetime import datetime

from django.core.cache import cache
from django.db import DatabaseError
from django.utils import timezone

from guide.models import Proposal
from guide.review.revisions import NEXT_KEY, forget_next_due
from guide.review.workflow import publish_if_due

log = logging.getLogger(__name__)
NEXT_SECONDS = 60  # for caches that processes do not share
NOTHING = "nothing"


def publish_due() -> int:
    """Publish every scheduled proposal whose time has come; returns how many."""
    due = Proposal.objects.due().select_related("revision__article").order_by("scheduled_for", "pk")
    published = sum([publish_if_due(proposal) for proposal in due])
    forget_next_due()
    return published


def publish_due_for_reader() -> None:
    """Cheap enough for every read: no query while nothing is due. A fault is logged; the page is shown as it was."""
    try:
        due = _next_due()
        if due and due <= timezone.now():
            publish_due()
    except DatabaseError:
        log.exception("A scheduled proposal could not be published.")
        cache.set(NEXT_KEY, NOTHING, NEXT_SECONDS)


def _next_due() -> datetime | None:
    known = cache.get(NEXT_KEY)
    if known is None:
        times = Proposal.objects.scheduled().order_by("scheduled_for").values_list("scheduled_for", flat=True)
        known = times.first()
        cache.set(NEXT_KEY, known or NOTHING, NEXT_SECONDS)
    return None if known == NOTHING else known
