"""Words for whoever comes next on duty, and the wish to talk with somebody about what one had to read."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import Credential, User
from accounts.roles import LEADS
from forum.models import NoteReceipt, PrivateNote, ReviewItem
from forum.notifications.kinds import tell_debrief_request
from forum.permissions import can_close_talk, can_decide_item, can_moderate

LASTS = timedelta(days=7)  # after which nobody is asked any more to read a note left at the end of a duty


def notes_to_read(user: User) -> QuerySet[PrivateNote]:
    """Left by others at the end of their duty, and not read by this person yet; the newest first."""
    left = PrivateNote.objects.filter(kind=PrivateNote.Kind.HAND_OVER, made_at__gt=timezone.now() - LASTS)
    mine = NoteReceipt.objects.filter(note=OuterRef("pk"), by=user)
    return left.exclude(by=user).exclude(Exists(mine)).select_related("by").order_by("-pk")


@transaction.atomic
def have_read(note: PrivateNote, *, by: User) -> None:
    """Raises PermissionDenied for what is no such note."""
    if not can_moderate(by) or note.kind != PrivateNote.Kind.HAND_OVER:
        raise PermissionDenied
    NoteReceipt.objects.get_or_create(note=note, by=by)


@transaction.atomic
def ask_to_talk(*, by: User, text: str = "", item: ReviewItem | None = None) -> PrivateNote:
    """A moderator would like to talk; whoever leads hears of it, and nobody else sees it. Raises PermissionDenied."""
    if not can_moderate(by) or (item and not can_decide_item(by, item)):
        raise PermissionDenied
    note = PrivateNote.objects.create(kind=PrivateNote.Kind.DEBRIEF, by=by, text=text, item=item)
    for lead in leads():
        if lead != by:
            tell_debrief_request(note, lead)
    return note


@transaction.atomic
def close_talk(note: PrivateNote, *, by: User) -> None:
    """The lead has talked with them. Raises PermissionDenied."""
    if not can_close_talk(by, note):
        raise PermissionDenied
    NoteReceipt.objects.get_or_create(note=note, by=by)


def open_talks() -> QuerySet[PrivateNote]:
    """Who would like to talk, the longest waiting first."""
    wishes = PrivateNote.objects.filter(kind=PrivateNote.Kind.DEBRIEF)
    return wishes.exclude(Exists(NoteReceipt.objects.filter(note=OuterRef("pk")))).select_related("by")


def leads() -> list[User]:
    """Moderators at this moment whom staff made responsible for the team."""
    found = Credential.objects.of_moderators().filter(user__groups__name=LEADS)
    return [credential.user for credential in found]
