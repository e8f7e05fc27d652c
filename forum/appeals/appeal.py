"""Appeals: an author's side."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from forum.models import Appeal, Decision, Thread
from forum.permissions import can_appeal_decision
from forum.publishing.queue_items import open_appeal_item


@transaction.atomic
def appeal(decision: Decision, *, by: User, text: str) -> Appeal:
    """Appeal against a decision, once; suspended members may too. Raise PermissionDenied."""
    Thread.objects.select_for_update(no_key=True).get(posts__revisions__decisions=decision.pk)
    decision = Decision.objects.select_related("revision__post").get(pk=decision.pk)
    if not can_appeal_decision(by, decision):
        raise PermissionDenied
    new = Appeal.objects.create(decision=decision, text=text)
    open_appeal_item(new)
    return new
