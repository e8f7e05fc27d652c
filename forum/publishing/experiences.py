"""Withdrawing experiences: from every page at once, and their texts as soon as no clinician has to read them anymore."""

import pgtrigger
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from core import page_cache
from core.transitions import transition
from forum.models import Experience, ReviewItem, TriageMatch
from forum.publishing.queue_items import KEPT_FOR_RED, withdraw_experience_item


@transaction.atomic
def withdraw_experiences(author: User) -> None:
    """Withdraw every version of what a member tells. There is nothing to undo: they can only send it again."""
    User.objects.select_for_update(no_key=True).get(pk=author.pk)
    for version in Experience.objects.of(author).select_for_update(no_key=True):
        transition(version, Experience.State.WITHDRAWN)
        withdraw_experience_item(version)
    empty_withdrawn_experiences()
    page_cache.clear_on_commit()


@transaction.atomic
def empty_withdrawn_experiences() -> int:
    """Empty what was withdrawn, and return how many that were. The worker's chore, too.

    Kept until a clinician closed its item, and for 30 days at the latest: what triage or a clinician put into RED.
    """
    recent = Q(author_did_at=None) | Q(author_did_at__gte=timezone.now() - KEPT_FOR_RED)
    items = ReviewItem.objects.open().filter(recent, experience=OuterRef("pk"))
    withdrawn = Experience.objects.filter(state=Experience.State.WITHDRAWN).exclude(text="")
    found = list(withdrawn.exclude(Exists(items)).values_list("pk", flat=True))
    TriageMatch.objects.filter(experience__in=found).delete()
    with pgtrigger.ignore("forum.Experience:experience_is_immutable"):
        return Experience.objects.filter(pk__in=found).update(text="", **dict.fromkeys(Experience.CODED, ""))
