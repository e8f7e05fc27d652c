"""Decisions on submitted texts: approve, ask for changes, reject. Each is one transaction that writes a log row."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from accounts.permissions import required_credential
from core import page_cache
from core.transitions import IllegalTransition
from forum.models import ClinicalNote, Decision, Post, PostRevision, Redaction, ReviewItem
from forum.moderation.decision_records import record_decision
from forum.notifications.kinds import tell_decision, tell_published
from forum.permissions import can_decide_item, can_decide_revision
from forum.publishing.locks import lock_post
from forum.publishing.publish import move, publish
from forum.publishing.queue_items import is_claimed_by_another
from forum.publishing.visible_text import repeated_redactions, rerender_revision
from forum.text.markdown import render


class Superseded(IllegalTransition):
    """The object changed since the moderator opened it: a newer text, or someone else's decision."""


@dataclass(frozen=True)
class RedactionSpan:
    """A span of the title or body to hide from readers, in characters, and why (a `Redaction.Why`)."""

    start: int
    end: int
    why: str
    part: str = "body"


@transaction.atomic
def approve(
    revision: PostRevision, *, by: User, note: str = "", clinical: str = "", redactions: Sequence[RedactionSpan] = ()
) -> Decision:
    """Publish exactly this revision, optionally with a clinical note or redactions. Earlier redactions are repeated.

    Raise PermissionDenied, Superseded, and ValidationError for a span outside the text or a content warning that has words
    redacted earlier: warnings are shown whole.
    """
    revision = _pending_for_update(revision, by)
    repeated = repeated_redactions(revision)
    if any(redaction.part == "warning" for redaction in repeated):
        raise ValidationError("The content warning has words that were redacted before. Ask the author for a change.")
    move(revision, PostRevision.State.APPROVED)
    first = revision.post.position is None
    decision = record_decision(
        revision,
        Decision.Action.APPROVED,
        by=by,
        note=note,
        with_note=bool(clinical),
        with_redaction=bool(redactions or repeated),
    )
    _redact(decision, redactions, repeated)
    publish(revision)
    if clinical:
        write_note(revision.post, clinical, by)
    tell_published(revision.post, first=first, with_note=bool(clinical), redacted=decision.with_redaction)
    return decision


@transaction.atomic
def ask_for_changes(revision: PostRevision, *, by: User, reason: str, note: str) -> Decision:
    """Return the text to its author with a message. Their next text will be a new revision."""
    revision = _pending_for_update(revision, by)
    move(revision, PostRevision.State.CHANGES)
    decision = record_decision(revision, Decision.Action.CHANGES, by=by, reason=reason, note=note)
    tell_decision(decision)
    return decision


@transaction.atomic
def reject(revision: PostRevision, *, by: User, reason: str, note: str = "") -> Decision:
    """Refuse to publish a revision. If it is an edit, the published text stays as it was."""
    revision = _pending_for_update(revision, by)
    move(revision, PostRevision.State.REJECTED)
    if revision.post.state == Post.State.WAITING:
        move(revision.post, Post.State.REJECTED)
    decision = record_decision(revision, Decision.Action.REJECTED, by=by, reason=reason, note=note)
    tell_decision(decision)
    return decision


def write_note(post: Post, body: str, by: User) -> ClinicalNote:
    """Create a clinical note. The caller must lock the post, check the permission and notify the author."""
    credential = required_credential(by)
    text = {"body": body, "html": render(body), "written_as": credential.profession}
    page_cache.clear_on_commit(page_cache.thread_scope(post.thread_id))
    return ClinicalNote.objects.create(post=post, by=by, credential=credential, **text)


def _redact(decision: Decision, spans: Sequence[RedactionSpan], repeated: Sequence[Redaction]) -> None:
    revision = decision.revision
    for span in spans:
        if not 0 <= span.start < span.end <= len(getattr(revision, span.part)):
            raise ValidationError("Part of what you chose to redact is outside the text.")
    rows = [*(Redaction(revision=revision, **vars(span)) for span in spans), *repeated]
    for row in rows:
        row.decision = decision
    Redaction.objects.bulk_create(rows)
    if rows:
        rerender_revision(revision)


def _pending_for_update(revision: PostRevision, by: User) -> PostRevision:
    """Lock thread, post, revision and queue item, in this order. Raise PermissionDenied, or Superseded if it is not waiting."""
    post = lock_post(revision.post_id)
    revision = PostRevision.objects.select_for_update(no_key=True).get(pk=revision.pk)
    revision.post = post
    if not can_decide_revision(by, revision):
        raise PermissionDenied
    is_gone = post.state in (Post.State.DELETED, Post.State.REMOVED)
    if revision.state != PostRevision.State.WAITING or is_gone:
        raise Superseded(f"{revision} {revision.get_state_display()}.")
    assert_not_claimed_by_other(by, revision=revision.pk)
    return revision


def item_for_update(item: ReviewItem, by: User) -> ReviewItem:
    """Lock an open item. Raise PermissionDenied, and Superseded if it was closed."""
    item = ReviewItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    if not can_decide_item(by, item):
        raise PermissionDenied
    if item.state != ReviewItem.State.OPEN:
        raise Superseded("It was closed in the meantime.")
    return item


def assert_not_claimed_by_other(by: User, **which: object) -> None:
    """Raise Superseded if a colleague has claimed the matching item. Locks the item, so no one can claim it until we finish."""
    if is_claimed_by_another(by, **which):
        raise Superseded("Another moderator is working on it. You can take it over on its page.")
