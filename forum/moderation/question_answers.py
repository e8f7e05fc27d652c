"""Answers to authors' questions about decisions, and to what they answered to a message."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.models import DecisionQuestion, ReviewItem
from forum.moderation.text_decisions import Superseded, assert_not_claimed_by_other
from forum.notifications.kinds import tell_answered
from forum.permissions import can_answer_question
from forum.publishing.queue_items import close_question_item


@transaction.atomic
def answer_question(question: DecisionQuestion, *, by: User, text: str) -> DecisionQuestion:
    """Answer a question. The moderator who made the decision may do so too. Raise PermissionDenied and Superseded."""
    question = _settle(question, by, answer=text)
    tell_answered(question)
    return question


@transaction.atomic
def close_without_reply(item: ReviewItem, *, by: User, reason: str) -> None:
    """Close the item of an author's answer to a message that needs no reply, and keep the reason as a private note.

    The author's page says that a clinician has read it. Raise PermissionDenied and Superseded.
    """
    question = item.question
    if question is None or not question.answers_message:
        raise Superseded("A question needs an answer.")
    _settle(question, by, answer="")
    item.private_notes.create(by=by, text=reason)


def _settle(question: DecisionQuestion, by: User, answer: str) -> DecisionQuestion:
    question = DecisionQuestion.objects.select_for_update(no_key=True).get(pk=question.pk)
    if not can_answer_question(by, question):
        raise PermissionDenied
    if question.answered_at:
        raise Superseded("Someone else has already answered this.")
    assert_not_claimed_by_other(by, question=question.pk)
    question.answer, question.answered_by, question.answered_at = answer, by, timezone.now()
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    close_question_item(question, by)
    return question
