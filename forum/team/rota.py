"""Rota: start, end and pause duty; plan, change and withdraw shifts."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.models import Duty, Presence, PrivateNote, ReviewItem
from forum.permissions import can_moderate, can_plan_shift
from forum.posting import read_only

MAX_SHIFT = timedelta(hours=24)
PLANNING_LIMIT = timedelta(days=180)
PAUSE_LENGTH = timedelta(minutes=30)


@transaction.atomic
def start_duty(*, by: User, hours: int) -> Duty:
    """Go on duty now, or stay on duty. The shift ends at the latest when the moderator's next planned shift begins.

    Ends an automatic read-only period. Raise PermissionDenied.
    """
    _lock(by)
    if not can_moderate(by):
        raise PermissionDenied
    current = Duty.objects.now().filter(moderator=by).order_by("-ends_at").first()
    if current is None:
        now = timezone.now()
        planned = Duty.objects.filter(moderator=by, starts_at__gt=now).order_by("starts_at").first()
        until = now + timedelta(hours=hours)
        current = Duty.objects.create(
            moderator=by, starts_at=now, ends_at=min(until, planned.starts_at) if planned else until
        )
    read_only.end_automatic(by)
    return current


@transaction.atomic
def end_duty(*, by: User, note: str = "") -> PrivateNote | None:
    """Go off duty, and optionally leave a handover note. A moderator who is not on duty can leave one too."""
    if not can_moderate(by):
        raise PermissionDenied
    _end_now(by)
    return PrivateNote.objects.create(kind=PrivateNote.Kind.HAND_OVER, by=by, text=note) if note.strip() else None


@transaction.atomic
def pause_duty(*, by: User) -> Duty | None:
    """Go off duty for half an hour. Return the shift that follows, or None if the current one ends before that."""
    if not can_moderate(by):
        raise PermissionDenied
    until = _end_now(by)
    back = timezone.now() + PAUSE_LENGTH
    return Duty.objects.create(moderator=by, starts_at=back, ends_at=until) if until and until > back else None


@transaction.atomic
def plan_shift(moderator: User, starts_at: datetime, ends_at: datetime, *, by: User, instead_of: int = 0) -> Duty:
    """Plan a shift, or change the one whose key is `instead_of`. Raise PermissionDenied and ValidationError."""
    _lock(moderator)
    old = Duty.objects.select_for_update().filter(pk=instead_of).first() if instead_of else None
    if not can_plan_shift(by, moderator) or (old and not can_plan_shift(by, old.moderator)):
        raise PermissionDenied
    _validate_hours(moderator, starts_at, ends_at, old)
    if instead_of:
        _require_future(old)
        Duty.objects.filter(pk=instead_of).update(moderator=moderator, starts_at=starts_at, ends_at=ends_at)
        return Duty.objects.get(pk=instead_of)
    return Duty.objects.create(moderator=moderator, starts_at=starts_at, ends_at=ends_at)


@transaction.atomic
def withdraw_shift(shift: Duty, *, by: User) -> None:
    """Delete a planned shift. One that has begun can only be ended. Raise PermissionDenied and ValidationError."""
    found = Duty.objects.select_for_update().filter(pk=shift.pk)
    if not can_plan_shift(by, shift.moderator):
        raise PermissionDenied
    _require_future(found.first())
    found.delete()


def release_work(former: User) -> None:
    """Release the claims of someone who is no longer a moderator, end their shift, and delete their planned ones."""
    ReviewItem.objects.undecided().filter(claimed_by=former).update(claimed_by=None, claimed_until=None)
    _end_now(former)
    Duty.objects.filter(moderator=former, starts_at__gt=timezone.now()).delete()


def record_presence(user: User) -> None:
    """Record that the moderator has a page of the queue open."""
    Presence.objects.update_or_create(moderator=user, defaults={"seen_at": timezone.now()})


def _lock(person: User) -> None:
    """Lock a moderator, so that two clicks at once create one shift."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _end_now(person: User) -> datetime | None:
    """End the current shift. Return when it would have ended."""
    _lock(person)
    running = Duty.objects.now().filter(moderator=person)
    until = max((duty.ends_at for duty in running), default=None)
    now = timezone.now()
    running.filter(starts_at__lt=now).update(ends_at=now)
    return until


def _require_future(shift: Duty | None) -> None:
    if shift is None or shift.starts_at <= timezone.now():
        raise ValidationError(
            "This shift has begun or no longer exists. To end a shift that has begun, use “End my duty”."
        )


def _validate_hours(moderator: User, starts_at: datetime, ends_at: datetime, old: Duty | None) -> None:
    now = timezone.now()
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": "The end must be after the start."})
    if starts_at <= now:
        raise ValidationError({"starts_at": "This time has passed. To start now, go on duty."})
    if starts_at > now + PLANNING_LIMIT:
        raise ValidationError({"starts_at": f"You can plan at most {PLANNING_LIMIT.days} days ahead."})
    if ends_at - starts_at > MAX_SHIFT:
        raise ValidationError({"ends_at": "A shift can’t be longer than 24 hours."})
    others = Duty.objects.filter(moderator=moderator, starts_at__lt=ends_at, ends_at__gt=starts_at)
    if (others.exclude(pk=old.pk) if old else others).exists():
        raise ValidationError({"starts_at": "This moderator already has a shift at that time."})
