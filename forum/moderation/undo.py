"""A decision taken back by who took it, within half a minute: the words wait again, and nobody was mailed."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.models import ClinicalNote, Decision, Post, PostRevision, ReviewItem
from forum.moderation.claims import claim
from forum.moderation.decide import Superseded
from forum.moderation.decisions import record_decision
from forum.moderation.post_removal import locked
from forum.notifications.kinds import retract_decision
from forum.permissions import can_undo_decision
from forum.posting.posts import withdraw_post
from forum.publishing.queue_items import reopen_revision_item
from forum.publishing.transitions import move, revert_to, unpublish
from forum.publishing.visible_text import rerender_revision

IN_TIME = timedelta(seconds=30)
# What each leaves the text as, when it is taken back.
BACK_TO: dict[str, PostRevision.State] = {
    Decision.Action.APPROVED: PostRevision.State.WAITING,
    Decision.Action.CHANGES: PostRevision.State.WAITING,
    Decision.Action.REJECTED: PostRevision.State.WAITING,
    Decision.Action.READ: PostRevision.State.SHOWN,
}


def last_undoable(by: User) -> Decision | None:
    """The newest decision of this person, while it can still be undone."""
    recent = Decision.objects.filter(by=by, decided_at__gt=timezone.now() - IN_TIME).select_related("revision__post")
    newest = recent.order_by("-pk").first()
    return newest if newest and newest.action in BACK_TO else None


@transaction.atomic
def undo(decision: Decision, *, by: User) -> ReviewItem:
    """The text waits again, claimed by who undid it. A post that had become public keeps its place, hidden.

    What was only read afterwards stays public, to be read again. What came with an approval goes with it: the clinical
    note, what it covered, and an answer that still waits (its text stays among its author's own).

    Raises PermissionDenied, and Superseded when it is too late or the author has done something since.
    """
    post = locked(decision.revision.post)
    revision = PostRevision.objects.select_for_update(no_key=True).get(pk=decision.revision_id)
    revision.post = post
    if not can_undo_decision(by, decision):
        raise PermissionDenied
    newer = revision.decisions.filter(pk__gt=decision.pk).exists() or post.revisions.filter(number__gt=revision.number)
    if decision.decided_at < timezone.now() - IN_TIME or decision.action not in BACK_TO or newer:
        raise Superseded("It is too late to undo this decision.")
    if BACK_TO[decision.action] == PostRevision.State.WAITING:
        _take_out_of_sight(revision)
    move(revision, BACK_TO[decision.action])
    if post.state == Post.State.REJECTED:
        move(post, Post.State.WAITING)
    record_decision(revision, Decision.Action.UNDONE, by=by)
    _take_what_came_with_it(decision, revision)
    retract_decision(decision)
    return claim(reopen_revision_item(revision), by=by)


def _take_what_came_with_it(decision: Decision, revision: PostRevision) -> None:
    """The next decision begins from the plain text, and no answer quotes what nobody can read."""
    if decision.with_note:
        for note in revision.post.notes.filter(by=decision.by, state="shown", made_at__gte=decision.decided_at):
            move(note, ClinicalNote.State.WITHDRAWN)
    if decision.with_redaction:
        rerender_revision(revision)
    if decision.action == Decision.Action.APPROVED:
        answers = Post.objects.filter(quoted=revision.post, author=decision.by, state=Post.State.WAITING)
        for answer in answers.filter(created_at__gte=decision.decided_at):
            withdraw_post(answer, by=decision.by)


def _take_out_of_sight(revision: PostRevision) -> None:
    post = revision.post
    if post.live_revision_id != revision.pk or post.state != Post.State.PUBLISHED:
        return
    former = post.revisions.filter(state=PostRevision.State.APPROVED, number__lt=revision.number).last()
    if former:
        revert_to(post, former)
    else:
        unpublish(post, Post.State.HIDDEN)
