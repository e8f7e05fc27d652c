"""Ask a question without an account, change it, take it down, and claim it for an account. Each is one transaction."""

from datetime import datetime, timedelta
from uuid import UUID

import pgtrigger
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import Notification, OutboxEmail, User
from forum.models import (
    Category,
    FollowUp,
    HelpCard,
    OutsideText,
    Post,
    PostRevision,
    PrivateNote,
    Reaction,
    ReviewItem,
    Thread,
    VisitorQuestion,
)
from forum.permissions import can_change_question, can_claim_question
from forum.posting import posts
from forum.posting.posts import PostText
from forum.publishing.locks import lock_post
from forum.publishing.public_state import sync_public_state
from forum.visitor_questions.codes import hash_code, make_code, post_key

PERIOD = timedelta(days=1)  # within which `Category.visitor_questions_per_day` are taken


class QuestionsFull(ValidationError):
    """Clinicians can't answer more questions now."""


def opens_at(category: Category) -> datetime | None:
    """Return when the next question can be asked: now or earlier if one can be, None if no time is known."""
    if not category.visitor_questions_per_day:
        return None
    asked = VisitorQuestion.objects.asked_after(timezone.now() - PERIOD).order_by("-asked_at")
    last = asked.values_list("asked_at", flat=True)[category.visitor_questions_per_day - 1 :].first()
    return last + PERIOD if last else timezone.now()


@transaction.atomic
def ask(category: Category, text: PostText, *, form_key: UUID, country: str = "", email: str = "") -> VisitorQuestion:
    """Create a thread that waits for review, in the name of a new author. A second call with the same key returns the first.

    Raise QuestionsFull, ValidationError (limits) or markdown.PostTooLong.
    """
    category = Category.objects.select_for_update(no_key=True).get(pk=category.pk)  # counts one question at a time
    key = post_key(form_key)
    if sent := VisitorQuestion.objects.filter(post__key=key).first():
        if sent.claimed_at:
            raise ValidationError("You’ve sent this already, and made it your own. It’s in “My posts”.")
        return sent
    opening = opens_at(category)
    if opening is None or opening > timezone.now():
        raise QuestionsFull("We can’t take more questions right now. Your text is still here.")
    post = posts.open_thread(category, text, User.objects.create_visitor(country), key)
    return VisitorQuestion.objects.create(post=post, code_hash=hash_code(make_code(form_key)), email=email)


def find_question(code: str) -> VisitorQuestion | None:
    found = VisitorQuestion.objects.filter(code_hash=hash_code(code))
    return found.select_related("post__author", "post__thread__category").first()


@transaction.atomic
def change_question(question: VisitorQuestion, text: PostText, *, base_number: int) -> PostRevision:
    """Add a revision that waits for review. Raise PermissionDenied, and what `posts.edit_post` raises otherwise."""
    question.post = lock_post(question.post_id)
    if not can_change_question(question):
        raise PermissionDenied
    return posts.add_revision(question.post, text, base_number)


def take_down_question(question: VisitorQuestion) -> None:
    """Withdraw a question that is not public, or delete a public one. Raise PermissionDenied."""
    post = question.post
    remove = posts.delete_post if post.state == Post.State.PUBLISHED else posts.withdraw_post
    remove(post, by=post.author)


@transaction.atomic
def claim_question(question: VisitorQuestion, *, by: User) -> Post:
    """Make a question its member's own, as an anonymous post: their name is not shown. Its code ends. Raise PermissionDenied.

    What moderators noted about the visitor is now about the member. The visitor is deleted.
    """
    member = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    post = lock_post(question.post_id)
    question = VisitorQuestion.objects.select_for_update().get(pk=question.pk)
    question.post = post
    if question.claimed_at or not can_claim_question(member, question):
        raise PermissionDenied
    visitor, post.author, post.alias = post.author, member, posts.next_alias(post.thread, member)
    post.save(update_fields=["author", "alias"])
    Thread.objects.filter(pk=post.thread_id, author=visitor).update(author=member)
    _move_records(visitor, member)
    Reaction.objects.filter(post=post, by=member).delete()
    question.claimed_at, question.code_hash, question.email = timezone.now(), None, ""
    question.save(update_fields=["claimed_at", "code_hash", "email"])
    if post.position:
        sync_public_state(post)
    visitor.delete()
    return post


def _move_records(visitor: User, member: User) -> None:
    HelpCard.objects.filter(person=visitor).update(person=member)
    FollowUp.objects.filter(person=visitor).update(person=member)
    ReviewItem.objects.filter(member=visitor).update(member=member)
    OutsideText.objects.filter(by=visitor).update(by=member)
    Notification.objects.filter(recipient=visitor).update(recipient=member)
    OutboxEmail.objects.filter(recipient=visitor).update(recipient=member)
    with pgtrigger.ignore("forum.PrivateNote:private_notes_are_append_only"):
        PrivateNote.objects.filter(member=visitor).update(member=member)
