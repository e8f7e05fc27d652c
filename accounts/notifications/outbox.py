"""Send the emails in the outbox."""

import logging
import smtplib
import time
from datetime import timedelta
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, OutboxEmail, User
from accounts.site_settings import sender

log = logging.getLogger("mail")
BATCH = 50
BATCH_SECONDS = 15  # after which no further email is begun
LAST_ATTEMPT = 8  # the delay doubles from two minutes: about four hours in all
PERMANENT = range(500, 600)  # SMTP replies that mean "do not try again" (RFC 5321, 4.2.1)


def send_emails() -> int:
    """Send due emails, each in its own transaction; return how many were sent.

    Stop after BATCH_SECONDS, so that a mail server that doesn't answer never keeps the worker from its other chores.
    """
    due = OutboxEmail.objects.filter(due_at__lte=timezone.now()).order_by("due_at").values_list("pk", flat=True)[:BATCH]
    deadline, sent = time.monotonic() + BATCH_SECONDS, 0
    for pk in list(due):
        sent += _send(pk)
        if time.monotonic() > deadline:
            break
    return sent


def retry_failed() -> int:
    """Make the emails that failed due now, and count their attempts anew; return how many there were."""
    return OutboxEmail.objects.failed().update(due_at=timezone.now(), attempts=0)


@transaction.atomic
def _send(pk: int) -> bool:
    """Lock one email, send it and delete it. If the worker is killed in between, the same email is sent again."""
    email = OutboxEmail.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if email is None:
        return False
    if _is_stale(email):
        email.delete()
        return False
    try:
        _message(email).send()
    except (
        OSError,
        ValueError,
    ) as error:  # smtplib's errors are OSErrors; an address that cannot be written is a ValueError
        _reschedule(email, error)
        return False
    Notification.objects.filter(email=email).update(mailed_at=timezone.now())
    email.delete()
    return True


def _is_stale(email: OutboxEmail) -> bool:
    """Return whether the email is past its `Expires` header (RFC 4021), such as one with an expired code."""
    expires = email.headers.get("Expires")
    return bool(expires) and parsedate_to_datetime(expires) < timezone.now()


def _message(email: OutboxEmail) -> EmailMultiAlternatives:
    headers = {**email.headers, "Message-ID": email.message_id}
    carrier = get_connection(settings.MAIL_CARRIER)
    message = EmailMultiAlternatives(
        email.subject, email.body, sender(), [email.to], headers=headers, connection=carrier
    )
    if email.html:
        message.attach_alternative(email.html, "text/html")
    return message


def _reschedule(email: OutboxEmail, error: Exception) -> None:
    """Schedule another attempt, or give up after a permanent error. Log no address, only the error's type and code."""
    code = _smtp_code(error)
    email.attempts += 1
    log.warning("email %s: %s %s, attempt %s", email.pk, type(error).__name__, code, email.attempts)
    if code in PERMANENT or isinstance(error, ValueError) or email.attempts >= LAST_ATTEMPT:
        if email.recipient:
            _notify_undeliverable(email.recipient)
        email.delete()
        return
    email.last_error = f"{type(error).__name__} {code}"
    email.due_at = timezone.now() + timedelta(minutes=2**email.attempts)
    email.save(update_fields=["attempts", "last_error", "due_at"])


def _smtp_code(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min((code for code, _ in error.recipients.values()), default=0)
    return getattr(error, "smtp_code", 0)


def _notify_undeliverable(user: User) -> None:
    """Notify in the inbox only, as mail would fail too, and not again while the notification is unread."""
    sentence = "We couldn’t deliver an email to you. Please check your e-mail address."
    unread = Notification.objects.of(user).unread().filter(kind="account", sentence=sentence)
    if not unread.exists():
        Notification.objects.create(recipient=user, kind="account", sentence=sentence, url=reverse("account_email"))
