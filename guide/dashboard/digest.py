"""The mail that an editor may ask for: how much waits for them, once a day or once a week, and none where nothing does."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutboxEmail, User
from accounts.notifications.mail_backend import new_message_id
from accounts.text.quiet_hours import MORNING, out_of_quiet_hours
from guide.dashboard.panels import asked_of
from guide.models import EditorPreference
from guide.permissions import can_see_desk

Digest = EditorPreference.Digest


def digest_of(user: User) -> str:
    """How often this person wants it; never, unless they said so."""
    return EditorPreference.objects.filter(owner=user).values_list("digest", flat=True).first() or Digest.NEVER


def choose_digest(user: User, digest: str) -> None:
    EditorPreference.objects.update_or_create(owner=user, defaults={"digest": digest})


def send_digests() -> int:
    """The worker's chore: write each letter that is due; returns how many were written."""
    wanted = EditorPreference.objects.exclude(digest=Digest.NEVER).values_list("pk", flat=True).order_by("pk")
    return sum(_send(pk, timezone.now()) for pk in list(wanted))


@transaction.atomic
def _send(pk: int, now: datetime) -> bool:
    """The letter and its date are one transaction: a worker that is killed has done both, or neither."""
    wish = EditorPreference.objects.select_for_update(skip_locked=True, of=("self",)).select_related("owner")
    found = wish.filter(pk=pk).exclude(digest=Digest.NEVER).first()
    if found is None or not _is_due(found, now):
        return False
    found.digest_sent_on = _today(found.owner, now)
    found.save(update_fields=["digest_sent_on"])
    waiting = asked_of(found.owner) if _may_get(found.owner) else []
    if waiting:
        _write(found.owner, waiting, now)
    return bool(waiting)


def _is_due(wish: EditorPreference, now: datetime) -> bool:
    """From 8 o'clock of the reader's morning; a week begins on Monday, and one that was missed is made up for."""
    if now.astimezone(ZoneInfo(wish.owner.time_zone)).time() < MORNING:
        return False
    today = _today(wish.owner, now)
    first = today if wish.digest == Digest.DAILY else today - timedelta(days=today.weekday())
    return wish.digest_sent_on is None or wish.digest_sent_on < first


def _today(user: User, now: datetime) -> date:
    return now.astimezone(ZoneInfo(user.time_zone)).date()


def _may_get(user: User) -> bool:
    return user.state == User.State.ACTIVE and can_see_desk(user)


def _write(user: User, waiting: list[str], now: datetime) -> None:
    """Numbers only: the mail names no page, so it tells nothing to who looks over a shoulder."""
    desk = settings.SITE_ADDRESS + reverse("admin:guide_desk")
    body = render_to_string("guide/dashboard/digest.txt", {"waiting": waiting, "desk": desk})
    due = out_of_quiet_hours(now, ZoneInfo(user.time_zone), user.quiet_from, user.quiet_until)
    headers = {"Auto-Submitted": "auto-generated"}  # RFC 3834: no holiday answers
    OutboxEmail.objects.create(
        recipient=user,
        to=user.email,
        subject=settings.MAIL_SUBJECT,
        body=body,
        headers=headers,
        message_id=new_message_id(),
        due_at=due,
    )
