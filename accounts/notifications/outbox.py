"""The post office: sends what lies in the outbox."""

import logging
import smtplib
from datetime import timedelta
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, OutboxEmail, User

log = logging.getLogger("mail")
BATCH = 50
LAST_ATTEMPT = 8  # each waits twice as long as the one before: two minutes, then four, in all about four hours
PERMANENT = range(500, 600)  # SMTP replies that mean "do not try again" (RFC 5321, 4.2.1)


def send_emails() -> int:
    """Send what is due, each letter in a transaction of its own; returns how many went out."""
    due = OutboxEmail.objects.filter(due_at__lte=timezone.now()).order_by("due_at").values_list("pk", flat=True)[:BATCH]
    return sum(_send(pk) for pk in list(due))


@transaction.atomic
def _send(pk: int) -> bool:
    """Claim one letter, send it, and delete it. Killed in between, the claim ends and the very same letter goes again."""
    letter = OutboxEmail.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if letter is None:
        return False
    if _is_stale(letter):
        letter.delete()
        return False
    try:
        _message(letter).send()
    except (
        OSError,
        ValueError,
    ) as error:  # smtplib's errors are OSErrors; an address that cannot be written is a ValueError
        _give_back(letter, error)
        return False
    Notification.objects.filter(letter=letter).update(mailed_at=timezone.now())
    letter.delete()
    return True


def _is_stale(letter: OutboxEmail) -> bool:
    """A code that has run out helps nobody: its letter says until when it is good (`Expires`, RFC 4021)."""
    expires = letter.headers.get("Expires")
    return bool(expires) and parsedate_to_datetime(expires) < timezone.now()


def _message(letter: OutboxEmail) -> EmailMultiAlternatives:
    headers = {**letter.headers, "Message-ID": letter.message_id}
    carrier = get_connection(settings.MAIL_CARRIER)
    message = EmailMultiAlternatives(
        letter.subject, letter.body, None, [letter.to], headers=headers, connection=carrier
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    return message


def _give_back(letter: OutboxEmail, error: Exception) -> None:
    """Try later, unless the other side said never. No address is logged: the error's kind and number must do."""
    code = _smtp_code(error)
    letter.attempts += 1
    log.warning("letter %s: %s %s, attempt %s", letter.pk, type(error).__name__, code, letter.attempts)
    if code in PERMANENT or isinstance(error, ValueError) or letter.attempts >= LAST_ATTEMPT:
        if letter.recipient:
            _tell_undeliverable(letter.recipient)
        letter.delete()
        return
    letter.last_error = f"{type(error).__name__} {code}"
    letter.due_at = timezone.now() + timedelta(minutes=2**letter.attempts)
    letter.save(update_fields=["attempts", "last_error", "due_at"])


def _smtp_code(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min((code for code, _ in error.recipients.values()), default=0)
    return getattr(error, "smtp_code", 0)


def _tell_undeliverable(user: User) -> None:
    """In the inbox only, and once until it is read: a mail about mail that fails would fail too."""
    sentence = "A mail to you could not be delivered. Please check your e-mail address."
    unread = Notification.objects.of(user).unread().filter(kind="account", sentence=sentence)
    if not unread.exists():
        Notification.objects.create(recipient=user, kind="account", sentence=sentence, url=reverse("account_email"))
