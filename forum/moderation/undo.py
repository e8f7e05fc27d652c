"""Undo: revert one's own decision within 30 seconds, before anyone has been mailed."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.models import ClinicalNote, Decision, Post, PostRevision, ReviewItem
from forum.moderation.claims import claim
from forum.moderation.decide import Superseded
from forum.moderation.decisions import record_decision
from forum.notifications.kinds import retract_decision
from forum.permissions import can_undo_decision
from forum.posting.posts import withdraw_post
from forum.publishing.locks import lock_post
from forum.publishing.queue_items import reopen_revision_item
from forum.publishing.transitions import move, revert_to, unpublish
from forum.publishing.visible_text import rerender_revision

TIME_LIMIT = timedelta(seconds=30)
# The state that undoing each action returns the revision to.
STATE_AFTER_UNDO: dict[str, PostRevision.State] = {
    Decision.Action.APPROVED: PostRevision.State.WAITING,
    Decision.Action.CHANGES: PostRevision.State.WAITING,
    Decision.Action.REJECTED: PostRevision.State.WAITING,
    Decision.Action.READ: PostRevision.State.SHOWN,
}


def last_undoable(by: User) -> Decision | None:
    """The latest decision by `by`, if it can still be undone."""
    recent = Decision.objects.filter(by=by, decided_at__gt=timezone.now() - TIME_LIMIT).select_related("revision__post")
    newest = recent.order_by("-pk").first()
    return newest if newest and newest.action in STATE_AFTER_UNDO else None


@transaction.atomic
def undo(decision: Decision, *, by: User) -> ReviewItem:
    """Put the text back in the queue, claimed by `by`. A new post that had been published is hidden and keeps its position.

    After undoing READ, the text stays public and needs to be read again. After undoing an approval, its clinical note,
    redactions and waiting reply are withdrawn; the reply's text stays in its author's own posts.

    Raise PermissionDenied, and Superseded if it is too late or the author has sent a newer text.
    """
    post = lock_post(decision.revision.post_id)
    revision = PostRevision.objects.select_for_update(no_key=True).get(pk=decision.revision_id)
    revision.post = post
    if not can_undo_decision(by, decision):
        raise PermissionDenied
    newer = revision.decisions.filter(pk__gt=decision.pk).exists() or post.revisions.filter(number__gt=revision.number)
    if decision.decided_at < timezone.now() - TIME_LIMIT or decision.action not in STATE_AFTER_UNDO or newer:
        raise Superseded("It is too late to undo this decision.")
    if STATE_AFTER_UNDO[decision.action] == PostRevision.State.SHOWN and post.thread.category.reviews_first:
        raise Superseded("The thread is now in a category where every post is read first.")
    if STATE_AFTER_UNDO[decision.action] == PostRevision.State.WAITING:
        _unpublish_revision(revision)
    move(revision, STATE_AFTER_UNDO[decision.action])
    if post.state == Post.State.REJECTED:
        move(post, Post.State.WAITING)
    record_decision(revision, Decision.Action.UNDONE, by=by)
    _withdraw_additions(decision, revision)
    retract_decision(decision)
    return claim(reopen_revision_item(revision), by=by)


def _withdraw_additions(decision: Decision, revision: PostRevision) -> None:
    """Withdraw note, redactions and reply: no reply may quote an unpublished post, and the next decision starts afresh."""
    if decision.with_note:
        for note in revision.post.notes.filter(by=decision.by, state="shown", made_at__gte=decision.decided_at):
            move(note, ClinicalNote.State.WITHDRAWN)
    if decision.with_redaction:
        rerender_revision(revision)
    if decision.action == Decision.Action.APPROVED:
        answers = Post.objects.filter(quoted=revision.post, author=decision.by, state=Post.State.WAITING)
        for answer in answers.filter(created_at__gte=decision.decided_at):
            withdraw_post(answer, by=decision.by)


def _unpublish_revision(revision: PostRevision) -> None:
    post = revision.post
    if post.live_revision_id != revision.pk or post.state != Post.State.PUBLISHED:
        return
    former = post.revisions.filter(state=PostRevision.State.APPROVED, number__lt=revision.number).last()
    if former:
        revert_to(post, former)
    else:
        unpublish(post, Post.State.HIDDEN)
