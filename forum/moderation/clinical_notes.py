"""Clinical notes on published posts: add, withdraw, replace, flag as outdated, confirm."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from accounts.permissions import required_credential
from forum.models import ClinicalNote, Post, ReviewItem, ThreadLogEntry
from forum.moderation.text_decisions import Superseded, assert_not_claimed_by_other, write_note
from forum.notifications.kinds import tell_noted
from forum.permissions import can_moderate_post, can_withdraw_note
from forum.publishing.locks import lock_post
from forum.publishing.publish import move
from forum.publishing.queue_items import close_answer_item, close_note_item, open_note_item, record_closer


@transaction.atomic
def add_note(post: Post, *, by: User, body: str) -> ClinicalNote:
    """Add a note to a published post. Raise PermissionDenied and Superseded."""
    post = lock_post(post.pk)
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
    """Stop showing a note; its row stays. Raise PermissionDenied and IllegalTransition."""
    note = _note_for_update(note, by)
    assert_not_claimed_by_other(by, note=note.pk)
    move(note, ClinicalNote.State.WITHDRAWN)
    record_closer(by, note=note)
    _log(note, ThreadLogEntry.Action.UNNOTED, by)


@transaction.atomic
def confirm_note(note: ClinicalNote, *, by: User) -> None:
    """Record that a flagged note is still right, and close its item."""
    note = _note_for_update(note, by)
    if not ReviewItem.objects.open().filter(note=note).exists():
        raise Superseded("Someone else has already checked this note.")
    assert_not_claimed_by_other(by, note=note.pk)
    close_note_item(note)
    record_closer(by, note=note)
    _log(note, ThreadLogEntry.Action.KEPT, by)


@transaction.atomic
def flag_note(note: ClinicalNote, *, by: User) -> ReviewItem:
    """Flag a note as outdated, which opens one item in the queue. Raise PermissionDenied and Superseded."""
    note = _note_for_update(note, by)
    if note.state != ClinicalNote.State.SHOWN:
        raise Superseded("Someone else has already withdrawn this note.")
    item = open_note_item(note)
    _log(note, ThreadLogEntry.Action.STALE, by)
    return item


@transaction.atomic
def replace_note(note: ClinicalNote, *, by: User, body: str) -> ClinicalNote:
    """Withdraw a note and add a new one. Raise PermissionDenied and IllegalTransition."""
    withdraw_note(note, by=by)
    return add_note(note.post, by=by, body=body)


@transaction.atomic
def confirm_answer(post: Post, *, by: User, note: str = "") -> None:
    """Confirm a flagged answer, or add a note to it, and close its item. Raise PermissionDenied and Superseded."""
    post = lock_post(post.pk)
    if not can_moderate_post(by, post):
        raise PermissionDenied
    if not ReviewItem.objects.open().filter(kind=ReviewItem.Kind.NOTE, note=None, post=post).exists():
        raise Superseded("Someone else has already checked this answer.")
    assert_not_claimed_by_other(by, kind=ReviewItem.Kind.NOTE, note=None, post=post.pk)
    if note:
        written = write_note(post, note, by)
        tell_noted(written)
        _log(written, ThreadLogEntry.Action.NOTED, by)
    close_answer_item(post)
    record_closer(by, post=post, note=None)


def _note_for_update(note: ClinicalNote, by: User) -> ClinicalNote:
    note = ClinicalNote.objects.select_for_update(no_key=True).get(pk=note.pk)
    if not can_withdraw_note(by, note):
        raise PermissionDenied
    return note


def _log(note: ClinicalNote, action: str, by: User) -> None:
    details = {"note": note.pk, "post": note.post_id}
    credential = required_credential(by)
    note.post.thread.log_entries.create(action=action, by=by, credential=credential, details=details)
