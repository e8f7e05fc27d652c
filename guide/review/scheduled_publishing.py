"""What was approved for a chosen time goes live then, with no job running.

A reader's GET may write here, and only here: the decision was made and signed by an accountable person before, the hour
alone was missing; whoever comes first after it carries it out, once, under the article's lock. The worker does the same.
"""

import logging
from datetime import datetime

from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.utils import timezone

from guide.models import Article, ArticleRevision, ReferenceChange, RevisionDecision
from guide.review.revisions import NEXT_KEY, forget_next_due, go_live, guide_changed
from guide.review.row_workflow import apply_due_changes

log = logging.getLogger(__name__)
NEXT_SECONDS = 60  # for caches that processes do not share
NOTHING = "nothing"


def publish_due() -> int:
    """Make every approved text live whose time has come, and every row; returns how many."""
    due = ArticleRevision.objects.planned().filter(live_at__lte=timezone.now()).order_by("live_at", "number")
    done = sum([_bring_live(pk, article) for pk, article in due.values_list("pk", "article")])
    forget_next_due()
    return done + apply_due_changes()


@transaction.atomic
def _bring_live(pk: int, article_id: int) -> int:
    article = Article.objects.select_for_update().get(pk=article_id)
    revision = ArticleRevision.objects.planned().filter(pk=pk, live_at__lte=timezone.now()).first()
    if revision is None:  # somebody else's visit was quicker
        return 0
    go_live(article, revision, RevisionDecision.Action.PUBLISHED, by=None)
    guide_changed()
    return 1


def publish_due_if_any() -> None:
    """Cheap enough for every read: no query while nothing is due. A fault is logged; the page is shown as it was."""
    try:
        due = _next_due()
        if due and due <= timezone.now():
            publish_due()
    except DatabaseError:
        log.exception("A text that is due could not go live.")
        cache.set(NEXT_KEY, NOTHING, NEXT_SECONDS)


def _next_due() -> datetime | None:
    known = cache.get(NEXT_KEY)
    if known is None:
        texts = ArticleRevision.objects.planned().order_by().values_list("live_at")
        rows = ReferenceChange.objects.planned().filter(live_at__isnull=False).order_by().values_list("live_at")
        known = min((moment for (moment,) in texts.union(rows) if moment), default=None)
        cache.set(NEXT_KEY, known or NOTHING, NEXT_SECONDS)
    return None if known == NOTHING else known
