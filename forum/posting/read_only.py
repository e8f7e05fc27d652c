"""When nobody reads the queue, members read, write drafts and see help lines, and put nothing new before others.

`refuse_while_read_only` is the one place that says no; every service that takes a member's words for readers passes it (through
`limits.check`). What goes to moderators alone (reports, appeals, questions) is taken all the same: it waits, unseen by others.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Credential, User
from forum.models import Duty, ReadOnlyPeriod
from forum.notifications.kinds import tell_read_only
from forum.permissions import can_lead_team, can_moderate

WORDS = (
    "The forum takes no new posts just now, because no clinician is here to read them. Nothing is lost: your words are still "
    "here, and you can save them as a draft and send them later. If you need somebody now, “Need help now?” has people to call."
)
BY_ITSELF = "Nobody has been on duty for a long time."


class ReadOnly(ValidationError):
    """The forum takes no new words just now."""


def refuse_while_read_only(author: User) -> None:
    """Raises ReadOnly; for moderators never, who are there to answer."""
    if ReadOnlyPeriod.objects.running().exists() and not can_moderate(author):
        raise ReadOnly(WORDS)


@transaction.atomic
def begin(*, by: User, reason: str) -> ReadOnlyPeriod:
    """By hand: ends by hand only. A second click begins no second time. Raises PermissionDenied."""
    if not can_lead_team(by):
        raise PermissionDenied
    running, _ = ReadOnlyPeriod.objects.get_or_create(ended_at=None, defaults={"by": by, "reason": reason})
    return running


@transaction.atomic
def end(*, by: User) -> bool:
    """By hand, whichever way it began; returns whether it was running. Raises PermissionDenied."""
    if not can_lead_team(by):
        raise PermissionDenied
    return bool(ReadOnlyPeriod.objects.running().update(ended_at=timezone.now(), ended_by=by))


def end_automatic(person: User | None = None) -> bool:
    """What began by itself ends with the first who comes on duty. What somebody began by hand goes on."""
    began_by_itself = ReadOnlyPeriod.objects.running().filter(by=None)
    return bool(began_by_itself.update(ended_at=timezone.now(), ended_by=person))


@transaction.atomic
def watch_duty() -> int:
    """The worker's chore: begin after FORUM_READ_ONLY_HOURS without anybody on duty, end when a planned shift begins.

    However often and wherever it runs, one time at most is running. 0 hours: never by itself. Returns how much it changed.
    """
    if Duty.objects.now().of_moderators().exists():
        return int(end_automatic())
    since, hours = _nobody_since(), settings.FORUM_READ_ONLY_HOURS
    if not hours or since is None or since > timezone.now() - timedelta(hours=hours):
        return 0
    _, new = ReadOnlyPeriod.objects.get_or_create(ended_at=None, defaults={"reason": BY_ITSELF})
    if new:
        tell_read_only([credential.user_id for credential in Credential.objects.of_moderators()])
    return int(new)


def _nobody_since() -> datetime | None:
    """Since when nobody is on duty; None where nobody ever was: a site without a rota is not closed by its absence.

    A moderator who lost their licence in mid-duty counts until that duty began. Who ended a read-only time by hand meant it:
    the hours are counted anew from there.
    """
    now = timezone.now()
    ended = Duty.objects.filter(ends_at__lte=now).aggregate(at=Max("ends_at"))["at"]
    lapsed = Duty.objects.now().aggregate(at=Max("starts_at"))["at"]
    by_hand = ReadOnlyPeriod.objects.exclude(ended_at=None).aggregate(at=Max("ended_at"))["at"]
    known = [moment for moment in (ended, lapsed) if moment]
    return max([*known, *([by_hand] if by_hand else [])]) if known else None
