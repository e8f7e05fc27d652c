"""Telling people: a row in their inbox, written with the event itself, and a letter later if they want one."""

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
from accounts.text.quiet_hours import next_monday, next_morning, out_of_quiet_hours

BATCH = 200
BULK = 5000  # rows of one INSERT
SALT = "unsubscribe"


def notify(recipient: User, kind: str, sentence: str, url: str, subject_id: int | None = None) -> Notification | None:
    """Tell somebody, within the caller's transaction: if the event is rolled back, so is this.

    The sentence is ours and holds no member's words. Returns None where they chose not to hear of this kind.
    Raises KeyError for a kind that no app has registered.
    """
    delivery = _delivery(recipient, kinds()[kind])
    if delivery == Delivery.NEVER:
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
    recipient: User, kind: str, sentence: str, url: str, subject_id: int, *, body: str, not_before: datetime
) -> Notification:
    """Tell a person something urgent: in the inbox now, and in a mail of its own with this body.

    The mail goes out past quiet hours and bursts, whatever delivery they chose, and has no unsubscribe link: it is about
    their safety. `not_before` leaves time for an undo.
    """
    email = OutboxEmail.objects.create(
        recipient=recipient,
        to=recipient.email,
        subject=settings.MAIL_SUBJECT,
        body=body,
        headers={"Auto-Submitted": "auto-generated"},  # RFC 3834: no holiday answers
        message_id=new_message_id(),
        due_at=not_before,
    )
    event = {"kind": kind, "sentence": sentence, "url": url, "subject_id": subject_id}
    return Notification.objects.create(recipient=recipient, letter=email, **event)


def take_back(kinds_of_event: list[str], subject_id: int, since: datetime) -> int:
    """Unsay what was told of an event that was undone: only what was neither read nor put into a letter. Returns how many."""
    told = Notification.objects.filter(kind__in=kinds_of_event, subject_id=subject_id, created_at__gte=since)
    return told.unread().filter(letter__isnull=True).delete()[0]


class News(NamedTuple):
    """One way in which an event is told, and the numbers of those whom it would be told to so."""

    kind: str
    sentence: str
    recipients: list[int]


def notify_each(news: list[News], url: str, subject_id: int | None = None) -> int:
    """Tell many of one event, in the caller's transaction: each once, by the first that names them and that they want.

    Three queries, for one person and for thousands; people in the order of their numbers, so that two events that
    tell the same people wait for each other instead of for ever. Returns how many were told; who has left is not.
    """
    named = {pk for item in news for pk in item.recipients}
    people = User.objects.filter(pk__in=named, state=User.State.ACTIVE, is_active=True).order_by("pk")
    chosen = Preference.objects.filter(user__in=named, kind__in=[item.kind for item in news])
    deliveries = {(user, kind): delivery for user, kind, delivery in chosen.values_list("user", "kind", "delivery")}
    sets = [(item, set(item.recipients)) for item in news]
    now = timezone.now()
    rows = []
    for person in people:
        ways = [(item, _wished(kinds()[item.kind], deliveries, person)) for item, names in sets if person.pk in names]
        item, delivery = next(((i, d) for i, d in ways if d != Delivery.NEVER), (None, ""))
        if item:
            due = mail_due_at(person, delivery, now)
            words = {"kind": item.kind, "sentence": item.sentence, "url": url, "subject_id": subject_id}
            rows.append(Notification(recipient=person, mail_due_at=due, **words))
    return len(Notification.objects.bulk_create(rows, batch_size=BULK))


def _wished(kind: Kind, deliveries: dict[tuple[int, str], str], person: User) -> str:
    chosen = deliveries.get((person.pk, kind.key), kind.default)
    return Delivery.SITE if kind.must_tell and chosen == Delivery.NEVER else chosen


def _delivery(user: User, kind: Kind) -> str:
    chosen = user.preferences.filter(kind=kind.key).values_list("user", "kind", "delivery")
    return _wished(kind, {(pk, key): delivery for pk, key, delivery in chosen}, user)


def mail_due_at(user: User, delivery: str, now: datetime) -> datetime | None:
    """When the letter about something that happens now may be written; None where no letter is wanted."""
    zone = ZoneInfo(user.time_zone)
    moments = {
        Delivery.AT_ONCE: now + timedelta(seconds=settings.MAIL_BURST_SECONDS),
        Delivery.DAILY: next_morning(now, zone),
        Delivery.WEEKLY: next_monday(now, zone),
    }
    moment = moments.get(Delivery(delivery))
    return moment and out_of_quiet_hours(moment, zone, user.quiet_from, user.quiet_until)


def mark_read(user: User, *, pk: int | None = None) -> int:
    """One's own notifications, or one of them; returns how many were new."""
    own = Notification.objects.of(user).unread()
    return (own if pk is None else own.filter(pk=pk)).update(read_at=timezone.now())


def queue_emails() -> int:
    """One letter for each person to whom something is due; returns how many were written."""
    due = Notification.objects.to_mail().order_by().values_list("recipient", flat=True).distinct()[:BATCH]
    return sum(_write_letter(pk) for pk in due)


@transaction.atomic
def _write_letter(recipient_id: int) -> bool:
    """The lock on the person keeps a second worker from writing them a second letter."""
    user = User.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=recipient_id).first()
    if user is None:
        return False
    due = list(Notification.objects.to_mail().filter(recipient=user))
    told = [n for n in due if _may_be_mailed(user, n) and is_still_visible(n)]
    Notification.objects.filter(pk__in=[n.pk for n in due]).update(mail_due_at=None)
    if told:
        letter = _letter(user, sorted({n.kind for n in told}), len(told))
        Notification.objects.filter(pk__in=[n.pk for n in told]).update(letter=letter)
    return bool(told)


def _may_be_mailed(user: User, notification: Notification) -> bool:
    """Who is leaving hears of their account only: that it will be deleted above all, in case it was somebody else's wish."""
    here = user.state == User.State.ACTIVE
    leaving = user.state == User.State.LEAVING and kinds()[notification.kind].must_tell
    return user.is_active and (here or leaving)


def _letter(user: User, about: list[str], count: int) -> OutboxEmail:
    stop = settings.SITE_ADDRESS + reverse("accounts:unsubscribe", args=[unsubscribe_token(user, about)])
    words = {
        "count": count,
        "titles": [kinds()[key].mail_title for key in about],
        "inbox": settings.SITE_ADDRESS + reverse("accounts:inbox"),
        "settings": settings.SITE_ADDRESS + reverse("accounts:notification-settings"),
        "stop": stop,
    }
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday answers
    }
    body = render_to_string("accounts/notifications/email.txt", words)
    common = {"subject": settings.MAIL_SUBJECT, "body": body, "headers": headers}
    return OutboxEmail.objects.create(recipient=user, to=user.email, message_id=new_message_id(), **common)


def unsubscribe_token(user: User, about: list[str]) -> str:
    """Stands in mails; opens nothing but the end of these mails, and does not run out, as old mails lie about for years."""
    return signing.dumps([user.pk, about], salt=SALT)


def read_token(token: str) -> tuple[User, list[Kind]]:
    """Raises signing.BadSignature for what we did not write, and User.DoesNotExist for who is gone."""
    pk, about = signing.loads(token, salt=SALT)
    return User.objects.present().get(pk=pk), [kinds()[key] for key in about if key in kinds()]


@transaction.atomic
def stop_mails(user: User, about: list[Kind]) -> None:
    """Keep these kinds on the site, and take what waits out of the outbox. Doing it twice does no harm."""
    choose(user, dict.fromkeys((kind.key for kind in about), Delivery.SITE))
    Notification.objects.of(user).filter(kind__in=[k.key for k in about]).update(mail_due_at=None)


def choose(user: User, deliveries: dict[str, str]) -> None:
    """How the person wants to hear of each of these kinds from now on."""
    rows = [Preference(user=user, kind=key, delivery=delivery) for key, delivery in deliveries.items()]
    Preference.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "kind"], update_fields=["delivery"]
    )
