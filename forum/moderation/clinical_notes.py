"""Clinical notes beside posts that can be read: written, withdrawn, and looked at again when what they rest on changed."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from accounts.permissions import required_credential
from forum.models import ClinicalNote, Post, ReviewItem, ThreadLogEntry
from forum.moderation.decide import Superseded, assert_not_claimed_by_other, write_note
from forum.moderation.post_removal import locked
from forum.notifications.kinds import tell_noted
from forum.permissions import can_moderate_post, can_withdraw_note
from forum.publishing.queue_items import close_answer_item, close_note_item, open_note_item, record_closer
from forum.publishing.transitions import move


@transaction.atomic
def add_note(post: Post, *, by: User, body: str) -> ClinicalNote:
    """Beside a post that readers see. Raises PermissionDenied and Superseded."""
    post = locked(post)
    if not can_moderate_post(by, post):
        raise PermissionDenied
    if post.state != Post.State.PUBLISHED:
        raise Superseded(f"{post}.")
    note = write_note(post, body, by)
    tell_noted(note)
    _log(note, ThreadLogEntry.Action.NOTED, by)
    return note


@transaction.atomic
def withdraw_note(note: ClinicalNote, *, by: User) -> None:
    """Take a note away from beside its post; the row stays. Raises PermissionDenied and IllegalTransition."""
    note = _locked_note(note, by)
    assert_not_claimed_by_other(by, note=note.pk)
    move(note, ClinicalNote.State.WITHDRAWN)
    record_closer(by, note=note)
    _log(note, ThreadLogEntry.Action.UNNOTED, by)


@transaction.atomic
def keep_note(note: ClinicalNote, *, by: User) -> None:
    """It was looked at again and is still right."""
    note = _locked_note(note, by)
    if not ReviewItem.objects.open().filter(note=note).exists():
        raise Superseded("Somebody has looked at this note already.")
    assert_not_claimed_by_other(by, note=note.pk)
    close_note_item(note)
    record_closer(by, note=note)
    _log(note, ThreadLogEntry.Action.KEPT, by)


@transaction.atomic
def mark_note(note: ClinicalNote, *, by: User) -> ReviewItem:
    """It needs updating: it stands in the queue, once, until somebody has looked. Raises PermissionDenied and Superseded."""
    note = _locked_note(note, by)
    if note.state != ClinicalNote.State.SHOWN:
        raise Superseded("Somebody has withdrawn this note already.")
    asked = open_note_item(note)
    _log(note, ThreadLogEntry.Action.STALE, by)
    return asked


@transaction.atomic
def change_note(note: ClinicalNote, *, by: User, body: str) -> ClinicalNote:
    """Another note takes its place; the old one stays known. Raises PermissionDenied and IllegalTransition."""
    withdraw_note(note, by=by)
    return add_note(note.post, by=by, body=body)


@transaction.atomic
def keep_answer(post: Post, *, by: User, note: str = "") -> None:
    """A clinician's answer was looked at again: it is still right, or needs a note beside it. Raises PermissionDenied."""
    post = locked(post)
    if not can_moderate_post(by, post):
        raise PermissionDenied
    if not ReviewItem.objects.open().filter(kind=ReviewItem.Kind.NOTE, note=None, post=post).exists():
        raise Superseded("Somebody has looked at this answer already.")
    assert_not_claimed_by_other(by, kind=ReviewItem.Kind.NOTE, note=None, post=post.pk)
    if note:
        written = write_note(post, note, by)
        tell_noted(written)
        _log(written, ThreadLogEntry.Action.NOTED, by)
    close_answer_item(post)
    record_closer(by, post=post, note=None)


def _locked_note(note: ClinicalNote, by: User) -> ClinicalNote:
    note = ClinicalNote.objects.select_for_update(no_key=True).get(pk=note.pk)
    if not can_withdraw_note(by, note):
        raise PermissionDenied
    return note


def _log(note: ClinicalNote, action: str, by: User) -> None:
    about = {"note": note.pk, "post": note.post_id}
    held = required_credential(by)
    note.post.thread.acts.create(action=action, by=by, credential=held, details=about)
