"""Handover notes, and debriefs: requests to talk with the lead."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import Credential, User
from accounts.roles import LEADS
from forum.models import NoteReceipt, PrivateNote, ReviewItem
from forum.notifications.kinds import tell_debrief_request
from forum.permissions import can_close_debrief, can_decide_item, can_moderate

NOTE_LIFETIME = timedelta(days=7)  # older handover notes are no longer shown


def notes_to_read(user: User) -> QuerySet[PrivateNote]:
    """Handover notes by others that the user has not read, newest first."""
    notes = PrivateNote.objects.filter(kind=PrivateNote.Kind.HAND_OVER, made_at__gt=timezone.now() - NOTE_LIFETIME)
    read = NoteReceipt.objects.filter(note=OuterRef("pk"), by=user)
    return notes.exclude(by=user).exclude(Exists(read)).select_related("by").order_by("-pk")


@transaction.atomic
def mark_read(note: PrivateNote, *, by: User) -> None:
    """Mark a handover note as read. Raise PermissionDenied."""
    if not can_moderate(by) or note.kind != PrivateNote.Kind.HAND_OVER:
        raise PermissionDenied
    NoteReceipt.objects.get_or_create(note=note, by=by)


@transaction.atomic
def request_debrief(*, by: User, text: str = "", item: ReviewItem | None = None) -> PrivateNote:
    """Ask the lead for a talk, optionally about an item. No one else can see it. Raise PermissionDenied."""
    if not can_moderate(by) or (item and not can_decide_item(by, item)):
        raise PermissionDenied
    note = PrivateNote.objects.create(kind=PrivateNote.Kind.DEBRIEF, by=by, text=text, item=item)
    for lead in leads():
        if lead != by:
            tell_debrief_request(note, lead)
    return note


@transaction.atomic
def close_debrief(note: PrivateNote, *, by: User) -> None:
    """Close a debrief after the talk. Raise PermissionDenied."""
    if not can_close_debrief(by, note):
        raise PermissionDenied
    NoteReceipt.objects.get_or_create(note=note, by=by)


def open_debriefs() -> QuerySet[PrivateNote]:
    """Open requests to talk, oldest first."""
    debriefs = PrivateNote.objects.filter(kind=PrivateNote.Kind.DEBRIEF)
    return debriefs.exclude(Exists(NoteReceipt.objects.filter(note=OuterRef("pk")))).select_related("by")


def leads() -> list[User]:
    """Moderators in the leads group, with a credential in force."""
    credentials = Credential.objects.of_moderators().filter(user__groups__name=LEADS)
    return [credential.user for credential in credentials]
