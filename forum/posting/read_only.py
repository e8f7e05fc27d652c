"""Read-only periods: while no moderator is on duty, members can read and save drafts but publish nothing new.

`refuse_while_read_only` is the only check; every service that takes text for readers calls it through `limits.check_limits`.
Reports, appeals and questions go to moderators only and are accepted: they wait, unseen by others.
"""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import site_settings
from accounts.models import Credential, User
from forum.models import Duty, ReadOnlyPeriod
from forum.notifications.kinds import tell_read_only
from forum.permissions import can_lead_team, can_moderate

MESSAGE = (
    "The forum isn’t taking new posts right now because no clinician is here to read them. Your text is still here: save it as "
    "a draft and send it later. If you need help now, “Need help now?” has people to call."
)
AUTOMATIC_REASON = "No moderator has been on duty for a long time."


class ReadOnly(ValidationError):
    """The forum takes no new posts right now."""


def refuse_while_read_only(author: User) -> None:
    """Raise ReadOnly during a read-only period, except for moderators, who may answer."""
    if ReadOnlyPeriod.objects.running().exists() and not can_moderate(author):
        raise ReadOnly(MESSAGE)


@transaction.atomic
def begin(*, by: User, reason: str) -> ReadOnlyPeriod:
    """Begin a period by hand; only `end` ends it. A second click begins no second period. Raise PermissionDenied."""
    if not can_lead_team(by):
        raise PermissionDenied
    running, _ = ReadOnlyPeriod.objects.get_or_create(ended_at=None, defaults={"by": by, "reason": reason})
    return running


@transaction.atomic
def end(*, by: User) -> bool:
    """End the period, however it began; return whether one was running. Raise PermissionDenied."""
    if not can_lead_team(by):
        raise PermissionDenied
    return bool(ReadOnlyPeriod.objects.running().update(ended_at=timezone.now(), ended_by=by))


def end_automatic(person: User | None = None) -> bool:
    """End a period that began automatically, when a moderator comes on duty. One begun by hand goes on."""
    began_by_itself = ReadOnlyPeriod.objects.running().filter(by=None)
    return bool(began_by_itself.update(ended_at=timezone.now(), ended_by=person))


@transaction.atomic
def watch_duty() -> int:
    """Begin a period after the hours of the site settings with no one on duty; end it when a planned shift begins.

    Run by the worker. However often and wherever it runs, at most one period is open. 0 hours turns this off.
    Return the number of changes.
    """
    if Duty.objects.now().of_moderators().exists():
        return int(end_automatic())
    since, hours = _last_on_duty(), site_settings.current().read_only_hours
    if not hours or since is None or since > timezone.now() - timedelta(hours=hours):
        return 0
    _, new = ReadOnlyPeriod.objects.get_or_create(ended_at=None, defaults={"reason": AUTOMATIC_REASON})
    if new:
        tell_read_only([credential.user_id for credential in Credential.objects.of_moderators()])
    return int(new)


def _last_on_duty() -> datetime | None:
    """Return when the last moderator went off duty, or None if there never was one: a site without a rota stays open.

    A moderator who lost their license during a duty counts until that duty began. Ending a period by hand restarts the count.
    """
    now = timezone.now()
    ended = Duty.objects.filter(ends_at__lte=now).aggregate(at=Max("ends_at"))["at"]
    lapsed = Duty.objects.now().aggregate(at=Max("starts_at"))["at"]
    by_hand = ReadOnlyPeriod.objects.exclude(ended_at=None).aggregate(at=Max("ended_at"))["at"]
    known = [moment for moment in (ended, lapsed) if moment]
    return max([*known, *([by_hand] if by_hand else [])]) if known else None
