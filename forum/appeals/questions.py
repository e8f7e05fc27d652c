"""Questions: an author can ask once about a decision on their post."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from forum.models import Decision, DecisionQuestion
from forum.permissions import can_ask_about_decision
from forum.publishing.queue_items import open_question_item


@transaction.atomic
def ask(decision: Decision, *, by: User, text: str) -> DecisionQuestion:
    """Ask about a decision, once. Raise PermissionDenied."""
    decision = (
        Decision.objects.select_for_update(no_key=True, of=["self"])
        .select_related("revision__post")
        .get(pk=decision.pk)
    )
    if not can_ask_about_decision(by, decision):
        raise PermissionDenied
    question = DecisionQuestion.objects.create(decision=decision, text=text)
    open_question_item(question)
    return question
