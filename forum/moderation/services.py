"""What moderators do: one function for each act, each one transaction, each with its row in the log."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import credential_in_force
from forum.models import Decision, Post, PostRevision, Thread
from forum.notifications import tell_decision, tell_published
from forum.permissions import can_decide_revision
from forum.services.moves import IllegalMove, move, publish


class Superseded(IllegalMove):
    """The author sent a newer text meanwhile, or somebody else has decided: nobody may decide on words they did not read."""


@transaction.atomic
def approve(revision: PostRevision, *, by: User, note: str = "") -> Decision:
    """Let this very revision through. Raises PermissionDenied and Superseded."""
    revision = _to_decide(revision, by)
    move(revision, PostRevision.State.APPROVED)
    first = revision.post.position is None
    publish(revision)
    decision = _log(revision, Decision.Action.APPROVED, by, "", note)
    tell_published(revision.post, first=first)
    return decision


@transaction.atomic
def ask_for_changes(revision: PostRevision, *, by: User, reason: str, note: str) -> Decision:
    """Send it back with words; the author's next text comes as a new revision."""
    revision = _to_decide(revision, by)
    move(revision, PostRevision.State.CHANGES)
    decision = _log(revision, Decision.Action.CHANGES, by, reason, note)
    tell_decision(decision)
    return decision


@transaction.atomic
def reject(revision: PostRevision, *, by: User, reason: str, note: str = "") -> Decision:
    """Do not publish. A post that is public stays as it was; only this edit is refused."""
    revision = _to_decide(revision, by)
    move(revision, PostRevision.State.REJECTED)
    if revision.post.state == Post.State.WAITING:
        move(revision.post, Post.State.REJECTED)
    decision = _log(revision, Decision.Action.REJECTED, by, reason, note)
    tell_decision(decision)
    return decision


def _to_decide(revision: PostRevision, by: User) -> PostRevision:
    """Lock thread, post and revision, always in this order; check the right and that the revision still waits."""
    thread = Thread.objects.select_for_update(no_key=True).get(posts__revisions=revision.pk)
    post = Post.objects.select_for_update(no_key=True).get(revisions=revision.pk)
    revision = PostRevision.objects.select_for_update(no_key=True).get(pk=revision.pk)
    post.thread, revision.post = thread, post
    if not can_decide_revision(by, revision):
        raise PermissionDenied
    if revision.state != PostRevision.State.WAITING or post.is_tombstone:
        raise Superseded(f"{revision} {revision.get_state_display()}.")
    return revision


def _log(revision: PostRevision, action: str, by: User, reason: str, note: str) -> Decision:
    waited = timezone.now() - revision.created_at
    held = {"by": by, "credential": credential_in_force(by)}
    return Decision.objects.create(revision=revision, action=action, reason=reason, note=note, waited=waited, **held)
