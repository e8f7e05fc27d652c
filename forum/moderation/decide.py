"""What moderators do: one function for each act, each one transaction, each with its row in the log."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from accounts.permissions import required_credential
from core.transitions import IllegalTransition
from forum.models import ClinicalNote, Decision, Post, PostRevision, Redaction, ReviewItem, Thread
from forum.moderation.decisions import record_decision
from forum.notifications.kinds import tell_decision, tell_published
from forum.permissions import can_decide_item, can_decide_revision
from forum.publishing.queue_items import is_claimed_by_another
from forum.publishing.second_review_sample import sample_for_second_review
from forum.publishing.transitions import move, publish
from forum.publishing.visible_text import rerender_revision
from forum.text.markdown import render


class Superseded(IllegalTransition):
    """The author sent a newer text meanwhile, or somebody else has decided: nobody may decide on words they did not read."""


@dataclass(frozen=True)
class Cover:
    """A span of the title or the body that readers will not see, in characters, and why (Redaction.Why)."""

    start: int
    end: int
    why: str
    part: str = "body"


@transaction.atomic
def approve(
    revision: PostRevision, *, by: User, note: str = "", clinical: str = "", covers: Sequence[Cover] = ()
) -> Decision:
    """Let this very revision through: as it is, with a clinical note beside it, or with spans covered.

    Raises PermissionDenied, Superseded, and ValidationError for a span that lies outside the text.
    """
    revision = _to_decide(revision, by)
    move(revision, PostRevision.State.APPROVED)
    first = revision.post.position is None
    decision = record_decision(
        revision,
        Decision.Action.APPROVED,
        by=by,
        note=note,
        with_note=bool(clinical),
        with_redaction=bool(covers),
    )
    _cover(decision, covers)
    sample_for_second_review(decision)
    publish(revision)
    if clinical:
        write_note(revision.post, clinical, by)
    tell_published(revision.post, first=first, with_note=bool(clinical), redacted=bool(covers))
    return decision


@transaction.atomic
def ask_for_changes(revision: PostRevision, *, by: User, reason: str, note: str) -> Decision:
    """Send it back with words; the author's next text comes as a new revision."""
    revision = _to_decide(revision, by)
    move(revision, PostRevision.State.CHANGES)
    decision = record_decision(revision, Decision.Action.CHANGES, by=by, reason=reason, note=note)
    tell_decision(decision)
    return decision


@transaction.atomic
def reject(revision: PostRevision, *, by: User, reason: str, note: str = "") -> Decision:
    """Do not publish. A post that is public stays as it was; only this edit is refused."""
    revision = _to_decide(revision, by)
    move(revision, PostRevision.State.REJECTED)
    if revision.post.state == Post.State.WAITING:
        move(revision.post, Post.State.REJECTED)
    elif revision.post.state == Post.State.HIDDEN and revision.post.live_revision_id == revision.pk:
        move(revision.post, Post.State.REMOVED)  # it had been public for some seconds, before an undo
    decision = record_decision(revision, Decision.Action.REJECTED, by=by, reason=reason, note=note)
    tell_decision(decision)
    return decision


def write_note(post: Post, body: str, by: User) -> ClinicalNote:
    """A clinician's words beside a post. The caller holds the post's lock, has asked the permission, and tells the author."""
    held = required_credential(by)
    words = {"body": body, "html": render(body), "written_as": held.profession}
    return ClinicalNote.objects.create(post=post, by=by, credential=held, **words)


def _cover(decision: Decision, covers: Sequence[Cover]) -> None:
    revision = decision.revision
    for cover in covers:
        if not 0 <= cover.start < cover.end <= len(getattr(revision, cover.part)):
            raise ValidationError("What is to be covered lies outside the text.")
    Redaction.objects.bulk_create(Redaction(revision=revision, decision=decision, **vars(cover)) for cover in covers)
    if covers:
        rerender_revision(revision)


def _to_decide(revision: PostRevision, by: User) -> PostRevision:
    """Lock thread, post, revision and its row of the queue, always in this order; check the right, and that it still waits."""
    thread = Thread.objects.select_for_update(no_key=True).get(posts__revisions=revision.pk)
    post = Post.objects.select_for_update(no_key=True).get(revisions=revision.pk)
    revision = PostRevision.objects.select_for_update(no_key=True).get(pk=revision.pk)
    post.thread, revision.post = thread, post
    if not can_decide_revision(by, revision):
        raise PermissionDenied
    gone = post.state in (Post.State.DELETED, Post.State.REMOVED)
    if revision.state != PostRevision.State.WAITING or gone:
        raise Superseded(f"{revision} {revision.get_state_display()}.")
    assert_not_claimed_by_other(by, revision=revision.pk)
    return revision


def locked_item(item: ReviewItem, by: User) -> ReviewItem:
    """The open item, held until the end of the transaction. Raises PermissionDenied, and Superseded where it was closed."""
    item = ReviewItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    if not can_decide_item(by, item):
        raise PermissionDenied
    if item.state != ReviewItem.State.OPEN:
        raise Superseded("It was closed meanwhile.")
    return item


def assert_not_claimed_by_other(by: User, **which: object) -> None:
    """Raises Superseded where a colleague has claimed the row that asks about this; nobody claims it before we are done."""
    if is_claimed_by_another(by, **which):
        raise Superseded("Another moderator has it open just now. You can take it over from its page.")
