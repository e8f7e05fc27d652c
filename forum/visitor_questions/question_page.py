"""What whoever asked sees of a question: its state, what moderators wrote, help lines and answers."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from forum.models import ClinicalNote, Decision, HelpCard, Post, VisitorQuestion
from forum.moderation.help_cards import mark_opened
from forum.notifications.help_cards import card_context
from forum.permissions import can_change_question
from forum.publishing.waiting_time import waiting_time
from forum.triage.author_advice import advice_for, matches_for_author


def question_context(question: VisitorQuestion) -> dict[str, Any]:
    """Context of question.html. The help card that is shown counts as opened."""
    post = question.post
    newest = post.revisions.order_by("-number")[0]
    decisions = Decision.objects.filter(Q(revision=newest) | Q(action=Decision.Action.REMOVED), revision__post=post)
    is_public = Post.objects.readable_by(AnonymousUser()).filter(pk=post.pk).exists()
    return {
        "question": question,
        "post": post,
        "revision": newest,
        "decisions": decisions.exclude(action=Decision.Action.APPROVED, note=""),
        "is_public": is_public,
        "answers": _answers(post) if is_public else [],
        "notes": post.notes.filter(state=ClinicalNote.State.SHOWN).select_related("credential"),
        "may_change": can_change_question(question),
        "waiting": waiting_time(),
        **_card(post),
        **advice_for(matches_for_author(post, newest), post.author),
    }


def _answers(post: Post) -> list[Post]:
    replies = Post.objects.readable_by(AnonymousUser()).filter(thread=post.thread_id).exclude(pk=post.pk)
    return list(replies.select_related("author", "live_revision").order_by("position")[:10])


def _card(post: Post) -> dict[str, Any]:
    """The newest help card, with its lines."""
    card = HelpCard.objects.sent().filter(person=post.author_id).first()
    if card is None:
        return {}
    mark_opened(card, by_link=False)
    return {"card": card, "shown_card": card_context(card)}
