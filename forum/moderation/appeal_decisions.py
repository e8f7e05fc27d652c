"""Moderators' answers to appeals. No one answers an appeal against their own decision."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.models import Appeal, Decision, Post, PostRevision, ReviewItem
from forum.moderation.decision_records import record_decision
from forum.moderation.post_removal import restore_locked
from forum.moderation.text_decisions import assert_not_claimed_by_other
from forum.notifications.kinds import tell_appeal, tell_published
from forum.permissions import can_answer_appeal
from forum.publishing.locks import lock_post
from forum.publishing.public_state import sync_public_state
from forum.publishing.publish import move, publish
from forum.publishing.queue_items import record_closer
from forum.publishing.visible_text import rerender_revision


@transaction.atomic
def answer_appeal(appeal: Appeal, *, by: User, overturn: bool, answer: str) -> Appeal:
    """Uphold or overturn a decision; overturning publishes or restores the text. Raise PermissionDenied and IllegalTransition."""
    post = lock_post(appeal.decision.revision.post_id)
    appeal = Appeal.objects.select_for_update(no_key=True).select_related("decision__revision").get(pk=appeal.pk)
    appeal.decision.revision.post = post
    if not can_answer_appeal(by, appeal):
        raise PermissionDenied
    assert_not_claimed_by_other(by, kind=ReviewItem.Kind.APPEAL, appeal=appeal.pk)
    to = Appeal.State.OVERTURNED if overturn else Appeal.State.UPHELD
    move(appeal, to, answered_by=by, answered_at=timezone.now(), answer=answer)
    record_closer(by, appeal=appeal)
    if overturn:
        _overturn(appeal, by)
    tell_appeal(appeal)
    return appeal


def _overturn(appeal: Appeal, by: User) -> None:
    """Publish or restore the text, unless it was withdrawn or deleted, or a newer text is live."""
    decision, post = appeal.decision, appeal.decision.revision.post
    if post.author.state == User.State.ERASED:
        return
    if decision.action == Decision.Action.REMOVED:
        if post.state == Post.State.REMOVED:
            restore_locked(post, by, appeal.answer, appeal)
    elif decision.with_redaction:
        _lift_redactions(decision)
    elif _can_still_publish(decision.revision):
        _publish(decision.revision, by, appeal)


def _lift_redactions(decision: Decision) -> None:
    """Update the stored HTML and the title: redactions of an overturned decision are no longer in force."""
    rerender_revision(decision.revision)
    sync_public_state(decision.revision.post)


def _can_still_publish(revision: PostRevision) -> bool:
    post = revision.post
    refused = revision.state in (PostRevision.State.CHANGES, PostRevision.State.REJECTED)
    publishable = post.state in (Post.State.WAITING, Post.State.REJECTED, Post.State.PUBLISHED)
    newer = post.live_revision and post.live_revision.number > revision.number
    return refused and publishable and not newer


def _publish(revision: PostRevision, by: User, appeal: Appeal) -> None:
    move(revision, PostRevision.State.APPROVED)
    first = revision.post.position is None
    publish(revision)
    record_decision(revision, Decision.Action.APPROVED, by=by, note=appeal.answer, appeal=appeal)
    tell_published(revision.post, first=first)
