"""The editors' digest: an optional daily or weekly mail with the number of things waiting for them, if any."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutboxEmail, User
from accounts.notifications.mail_backend import new_message_id
from accounts.site_settings import current
from accounts.text.quiet_hours import MORNING, out_of_quiet_hours
from guide.dashboard.panels import digest_lines
from guide.models import EditorPreference
from guide.permissions import can_see_dashboard

Digest = EditorPreference.Digest


def digest_of(user: User) -> str:
    """Return how often the user wants the digest; the default is never."""
    return EditorPreference.objects.filter(owner=user).values_list("digest", flat=True).first() or Digest.NEVER


def choose_digest(user: User, digest: str) -> None:
    EditorPreference.objects.update_or_create(owner=user, defaults={"digest": digest})


def send_digests() -> int:
    """Write every digest that is due. Return how many. The worker runs this."""
    wanted = EditorPreference.objects.exclude(digest=Digest.NEVER).values_list("pk", flat=True).order_by("pk")
    return sum(_send(pk, timezone.now()) for pk in list(wanted))


@transaction.atomic
def _send(pk: int, now: datetime) -> bool:
    """Write the mail and its date in one transaction, so a killed worker has done both or neither."""
    preferences = EditorPreference.objects.select_for_update(skip_locked=True, of=("self",)).select_related("owner")
    found = preferences.filter(pk=pk).exclude(digest=Digest.NEVER).first()
    if found is None or not _is_due(found, now):
        return False
    found.digest_sent_on = _today(found.owner, now)
    found.save(update_fields=["digest_sent_on"])
    lines = digest_lines(found.owner) if _may_receive(found.owner) else []
    if lines:
        _write(found.owner, lines, now)
    return bool(lines)


def _is_due(preference: EditorPreference, now: datetime) -> bool:
    """Return whether it is past 8 a.m. for the recipient and none was sent today, or this week from Monday on."""
    if now.astimezone(ZoneInfo(preference.owner.time_zone)).time() < MORNING:
        return False
    today = _today(preference.owner, now)
    first = today if preference.digest == Digest.DAILY else today - timedelta(days=today.weekday())
    return preference.digest_sent_on is None or preference.digest_sent_on < first


def _today(user: User, now: datetime) -> date:
    return now.astimezone(ZoneInfo(user.time_zone)).date()


def _may_receive(user: User) -> bool:
    return user.state == User.State.ACTIVE and can_see_dashboard(user)


def _write(user: User, lines: list[str], now: datetime) -> None:
    """Write the mail with numbers only: it names no page, so it reveals nothing to someone who sees the screen."""
    url = settings.SITE_ADDRESS + reverse("admin:guide_dashboard")
    body = render_to_string("guide/dashboard/digest.txt", {"lines": lines, "url": url})
    due = out_of_quiet_hours(now, ZoneInfo(user.time_zone), user.quiet_from, user.quiet_until)
    headers = {"Auto-Submitted": "auto-generated"}  # RFC 3834: prevents automatic replies
    OutboxEmail.objects.create(
        recipient=user,
        to=user.email,
        subject=current().mail_subject,
        body=body,
        headers=headers,
        message_id=new_message_id(),
        due_at=due,
    )
