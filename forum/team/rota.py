"""On duty, off duty, a pause between, and the hours that somebody plans ahead."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.models import Duty, Presence, PrivateNote
from forum.permissions import can_moderate, can_plan_shift
from forum.posting import read_only

LONGEST = timedelta(hours=24)
AHEAD = timedelta(days=180)
PAUSE = timedelta(minutes=30)


@transaction.atomic
def come_on(*, by: User, hours: int) -> Duty:
    """On duty from now, until a shift of one's own that was planned begins at the latest. Who is on duty already stays so.

    Ends a read-only time that began by itself. Raises PermissionDenied.
    """
    _lock(by)
    if not can_moderate(by):
        raise PermissionDenied
    there = Duty.objects.now().filter(moderator=by).order_by("-ends_at").first()
    if there is None:
        now = timezone.now()
        planned = Duty.objects.filter(moderator=by, starts_at__gt=now).order_by("starts_at").first()
        until = now + timedelta(hours=hours)
        there = Duty.objects.create(
            moderator=by, starts_at=now, ends_at=min(until, planned.starts_at) if planned else until
        )
    read_only.end_automatic(by)
    return there


@transaction.atomic
def go_off(*, by: User, note: str = "") -> PrivateNote | None:
    """The end of one's duty, with words for whoever comes next. Without being on duty, words may be left too."""
    if not can_moderate(by):
        raise PermissionDenied
    _end_now(by)
    return PrivateNote.objects.create(kind=PrivateNote.Kind.HAND_OVER, by=by, text=note) if note.strip() else None


@transaction.atomic
def pause(*, by: User) -> Duty | None:
    """Off duty for half an hour, then on again by itself for what is left; that row, or None where nothing is left."""
    if not can_moderate(by):
        raise PermissionDenied
    until = _end_now(by)
    back = timezone.now() + PAUSE
    return Duty.objects.create(moderator=by, starts_at=back, ends_at=until) if until and until > back else None


@transaction.atomic
def plan_shift(moderator: User, starts_at: datetime, ends_at: datetime, *, by: User, instead_of: int = 0) -> Duty:
    """Add hours to the rota, or change a shift (its number in `instead_of`). Raises PermissionDenied, ValidationError."""
    _lock(moderator)
    old = Duty.objects.select_for_update().filter(pk=instead_of).first() if instead_of else None
    if not can_plan_shift(by, moderator) or (old and not can_plan_shift(by, old.moderator)):
        raise PermissionDenied
    _check(moderator, starts_at, ends_at, old)
    if instead_of:
        _still_to_come(old)
        Duty.objects.filter(pk=instead_of).update(moderator=moderator, starts_at=starts_at, ends_at=ends_at)
        return Duty.objects.get(pk=instead_of)
    return Duty.objects.create(moderator=moderator, starts_at=starts_at, ends_at=ends_at)


@transaction.atomic
def withdraw_shift(shift: Duty, *, by: User) -> None:
    """Take planned hours back. One that began is ended, not withdrawn. Raises PermissionDenied and ValidationError."""
    found = Duty.objects.select_for_update().filter(pk=shift.pk)
    if not can_plan_shift(by, shift.moderator):
        raise PermissionDenied
    _still_to_come(found.first())
    found.delete()


def be_here(user: User) -> None:
    """A moderator's browser shows the queue."""
    Presence.objects.update_or_create(moderator=user, defaults={"seen_at": timezone.now()})


def _lock(person: User) -> None:
    """Two clicks at once make one duty."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _end_now(person: User) -> datetime | None:
    """Ends what runs; until when it would have lasted."""
    _lock(person)
    running = Duty.objects.now().filter(moderator=person)
    until = max((duty.ends_at for duty in running), default=None)
    now = timezone.now()
    running.filter(starts_at__lt=now).update(ends_at=now)
    return until


def _still_to_come(shift: Duty | None) -> None:
    if shift is None or shift.starts_at <= timezone.now():
        raise ValidationError("This shift has begun or is gone. A duty that runs is ended by its own button.")


def _check(moderator: User, starts_at: datetime, ends_at: datetime, old: Duty | None) -> None:
    now = timezone.now()
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": "It must end after it begins."})
    if starts_at <= now:
        raise ValidationError({"starts_at": "That is past. To begin now, come on duty."})
    if starts_at > now + AHEAD:
        raise ValidationError({"starts_at": f"Please plan at most {AHEAD.days} days ahead."})
    if ends_at - starts_at > LONGEST:
        raise ValidationError({"ends_at": "Nobody is on duty for more than 24 hours at a stretch."})
    others = Duty.objects.filter(moderator=moderator, starts_at__lt=ends_at, ends_at__gt=starts_at)
    if (others.exclude(pk=old.pk) if old else others).exists():
        raise ValidationError({"starts_at": "There is a shift of the same moderator in these hours."})
