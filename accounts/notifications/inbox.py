"""Notify members: an inbox row in the transaction of the event, and an email later if they want one."""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import Delivery, Notification, OutboxEmail, Preference, User
from accounts.notifications.kinds import Kind, is_still_visible, kinds
from accounts.notifications.mail_backend import new_message_id
from accounts.site_settings import current
from accounts.text.quiet_hours import next_monday, next_morning, out_of_quiet_hours

BATCH = 200
BULK = 5000  # rows per INSERT
SALT = "unsubscribe"


def notify(recipient: User, kind: str, sentence: str, url: str, subject_id: int | None = None) -> Notification | None:
    """Notify one member in the caller's transaction. Return None if they turned this kind off, and for a visitor.

    `sentence` must contain no text by members. Raises KeyError for a kind that no app has registered.
    """
    delivery = _delivery(recipient, kinds()[kind])
    if delivery == Delivery.NEVER or recipient.state == User.State.VISITOR:
        return None
    return Notification.objects.create(
        recipient=recipient,
        kind=kind,
        sentence=sentence,
        url=url,
        subject_id=subject_id,
        mail_due_at=mail_due_at(recipient, delivery, timezone.now()),
    )


def notify_at_once(
    recipient: User, kind: str, sentence: str, url: str, subject_id: int, *, body: str, not_before: datetime, to: str
) -> Notification:
    """Notify one member of something urgent: in the inbox now, and in an email of its own with this body.

    The email goes out past quiet hours and bursts, whatever delivery they chose, and has no unsubscribe link, as it is
    about their safety. `not_before` leaves time for an undo. No email is sent if `to` is empty.
    """
    email = queue_plain_email(to, body, recipient=recipient, not_before=not_before) if to else None
    event = {"kind": kind, "sentence": sentence, "url": url, "subject_id": subject_id}
    return Notification.objects.create(recipient=recipient, email=email, **event)


def queue_plain_email(to: str, body: str, *, recipient: User, not_before: datetime | None = None) -> OutboxEmail:
    """Write an email of its own, under the subject that says nothing."""
    return OutboxEmail.objects.create(
        recipient=recipient,
        to=to,
        subject=current().mail_subject,
        body=body,
        headers={"Auto-Submitted": "auto-generated"},  # RFC 3834: no holiday answers
        message_id=new_message_id(),
        due_at=not_before or timezone.now(),
    )


def retract_notifications(kinds_of_event: list[str], subject_id: int, since: datetime) -> int:
    """Delete notifications of an event that was undone, unless read or already in an email. Return how many."""
    sent = Notification.objects.filter(kind__in=kinds_of_event, subject_id=subject_id, created_at__gte=since)
    return sent.unread().filter(email__isnull=True).delete()[0]


class Announcement(NamedTuple):
    """One wording of an event, and the ids of its recipients."""

    kind: str
    sentence: str
    recipients: list[int]


def notify_each(announcements: list[Announcement], url: str, subject_id: int | None = None) -> int:
    """Notify many members of one event, in the caller's transaction, and return how many were notified.

    Each member gets the first announcement that names them and that they want; members who are leaving get none.
    Three queries, for any number of members. Rows are inserted in the order of user ids, so that two events with the
    same recipients don't deadlock.
    """
    named = {pk for item in announcements for pk in item.recipients}
    people = User.objects.filter(pk__in=named, state=User.State.ACTIVE, is_active=True).order_by("pk")
    chosen = Preference.objects.filter(user__in=named, kind__in=[item.kind for item in announcements])
    deliveries = {(user, kind): delivery for user, kind, delivery in chosen.values_list("user", "kind", "delivery")}
    sets = [(item, set(item.recipients)) for item in announcements]
    now = timezone.now()
    rows = []
    for person in people:
        choices = [
            (item, _effective_delivery(kinds()[item.kind], deliveries, person))
            for item, names in sets
            if person.pk in names
        ]
        item, delivery = next(((i, d) for i, d in choices if d != Delivery.NEVER), (None, ""))
        if item:
            due = mail_due_at(person, delivery, now)
            fields = {"kind": item.kind, "sentence": item.sentence, "url": url, "subject_id": subject_id}
            rows.append(Notification(recipient=person, mail_due_at=due, **fields))
    return len(Notification.objects.bulk_create(rows, batch_size=BULK))


def _effective_delivery(kind: Kind, deliveries: dict[tuple[int, str], str], person: User) -> str:
    chosen = deliveries.get((person.pk, kind.key), kind.default)
    return Delivery.SITE if kind.mandatory and chosen == Delivery.NEVER else chosen


def _delivery(user: User, kind: Kind) -> str:
    chosen = user.preferences.filter(kind=kind.key).values_list("user", "kind", "delivery")
    return _effective_delivery(kind, {(pk, key): delivery for pk, key, delivery in chosen}, user)


def mail_due_at(user: User, delivery: str, now: datetime) -> datetime | None:
    """Return when an event that happens at `now` may be mailed, or None if no email is wanted."""
    zone = ZoneInfo(user.time_zone)
    moments = {
        Delivery.AT_ONCE: now + timedelta(seconds=settings.MAIL_BURST_SECONDS),
        Delivery.DAILY: next_morning(now, zone),
        Delivery.WEEKLY: next_monday(now, zone),
    }
    moment = moments.get(Delivery(delivery))
    return moment and out_of_quiet_hours(moment, zone, user.quiet_from, user.quiet_until)


def mark_read(user: User, *, pks: list[int] | None = None) -> int:
    """Mark all of the user's notifications as read, or only those in `pks`; return how many were unread."""
    own = Notification.objects.of(user).unread()
    return (own if pks is None else own.filter(pk__in=pks)).update(read_at=timezone.now())


def queue_emails() -> int:
    """Write one email for each recipient with due notifications; return how many were written."""
    due = Notification.objects.to_mail().order_by().values_list("recipient", flat=True).distinct()[:BATCH]
    return sum(_queue_email(pk) for pk in due)


@transaction.atomic
def _queue_email(recipient_id: int) -> bool:
    """Write the recipient's email. The lock on their row keeps a second worker from writing another."""
    user = User.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=recipient_id).first()
    if user is None:
        return False
    due = list(Notification.objects.to_mail().filter(recipient=user))
    visible = [n for n in due if _may_be_mailed(user, n) and is_still_visible(n)]
    Notification.objects.filter(pk__in=[n.pk for n in due]).update(mail_due_at=None)
    if visible:
        email = _create_email(user, sorted({n.kind for n in visible}), len(visible))
        Notification.objects.filter(pk__in=[n.pk for n in visible]).update(email=email)
    return bool(visible)


def _may_be_mailed(user: User, notification: Notification) -> bool:
    """A member who is leaving gets only mandatory mail, such as the notice of deletion: someone else may have asked for it."""
    is_active_member = user.state == User.State.ACTIVE
    is_leaving_and_mandatory = user.state == User.State.LEAVING and kinds()[notification.kind].mandatory
    return user.is_active and (is_active_member or is_leaving_and_mandatory)


def _create_email(user: User, about: list[str], count: int) -> OutboxEmail:
    stop_url = settings.SITE_ADDRESS + reverse("accounts:unsubscribe", args=[unsubscribe_token(user, about)])
    context = {
        "count": count,
        "titles": [kinds()[key].mail_title for key in about],
        "inbox": settings.SITE_ADDRESS + reverse("accounts:inbox"),
        "settings": settings.SITE_ADDRESS + reverse("accounts:notification-settings"),
        "stop": stop_url,
    }
    headers = {
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies
    }
    body = render_to_string("accounts/notifications/email.txt", context)
    common = {"subject": current().mail_subject, "body": body, "headers": headers}
    return OutboxEmail.objects.create(recipient=user, to=user.email, message_id=new_message_id(), **common)


def unsubscribe_token(user: User, about: list[str]) -> str:
    """Return a token for emails that only unsubscribes. It doesn't expire, since people keep old emails."""
    return signing.dumps([user.pk, about], salt=SALT)


def read_unsubscribe_token(token: str) -> tuple[User, list[Kind]]:
    """Return the user and kinds of a token. Raises signing.BadSignature, or User.DoesNotExist for erased users."""
    pk, about = signing.loads(token, salt=SALT)
    return User.objects.present().get(pk=pk), [kinds()[key] for key in about if key in kinds()]


@transaction.atomic
def stop_emails(user: User, about: list[Kind]) -> None:
    """Deliver these kinds on the site only, and cancel their pending emails. Idempotent."""
    set_deliveries(user, dict.fromkeys((kind.key for kind in about), Delivery.SITE))
    Notification.objects.of(user).filter(kind__in=[k.key for k in about]).update(mail_due_at=None)


def set_deliveries(user: User, deliveries: dict[str, str]) -> None:
    """Save the user's delivery preference for each of these kinds."""
    rows = [Preference(user=user, kind=key, delivery=delivery) for key, delivery in deliveries.items()]
    Preference.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "kind"], update_fields=["delivery"]
    )
