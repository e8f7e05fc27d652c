"""An author's one question about a decision on their post."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.transitions import IllegalTransition
from forum.models import Decision, DecisionQuestion
from forum.notifications.kinds import tell_answered
from forum.permissions import can_answer_question, can_ask_about_decision
from forum.publishing.queue_items import ask_about_question, close_question_item, held_by_another


@transaction.atomic
def ask(decision: Decision, *, by: User, text: str) -> DecisionQuestion:
    """Once for each decision. Raises PermissionDenied."""
    decision = (
        Decision.objects.select_for_update(no_key=True, of=["self"])
        .select_related("revision__post")
        .get(pk=decision.pk)
    )
    if not can_ask_about_decision(by, decision):
        raise PermissionDenied
    question = DecisionQuestion.objects.create(decision=decision, text=text)
    ask_about_question(question)
    return question


@transaction.atomic
def answer(question: DecisionQuestion, *, by: User, text: str) -> DecisionQuestion:
    """Any moderator but the author; who decided may explain. Raises PermissionDenied and IllegalTransition."""
    question = DecisionQuestion.objects.select_for_update(no_key=True).get(pk=question.pk)
    if not can_answer_question(by, question):
        raise PermissionDenied
    if question.answered_at:
        raise IllegalTransition("Somebody has answered this already.")
    if held_by_another(by, question=question.pk):
        raise IllegalTransition("Another moderator has it open just now. You can take it over from its page.")
    question.answer, question.answered_by, question.answered_at = text, by, timezone.now()
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    close_question_item(question, by)
    tell_answered(question)
    return question
