"""The post office: sends what lies in the outbox."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone

from accounts.models import Letter, Notification

BATCH = 50
LAST_ATTEMPT = 8  # after about four hours of waiting longer each time


def send_letters() -> int:
    """Send what is due, each letter in a transaction of its own; returns how many went out."""
    return sum(_send_next() for _ in range(min(BATCH, Letter.objects.filter(due_at__lte=timezone.now()).count())))


@transaction.atomic
def _send_next() -> bool:
    """Claim one letter, send it, and delete it. Killed in between, the claim ends and the same letter goes again."""
    letter = (
        Letter.objects.select_for_update(skip_locked=True).filter(due_at__lte=timezone.now()).order_by("pk").first()
    )
    if letter is None:
        return False
    try:
        _message(letter).send()
    except OSError as error:
        _postpone(letter, error)
        return False
    Notification.objects.filter(letter=letter).update(mailed_at=timezone.now())
    letter.delete()
    return True


def _message(letter: Letter) -> EmailMultiAlternatives:
    headers = {**letter.headers, "Message-ID": letter.message_id}
    carrier = get_connection(settings.MAIL_CARRIER)
    message = EmailMultiAlternatives(
        letter.subject, letter.body, None, [letter.to], headers=headers, connection=carrier
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    return message


def _postpone(letter: Letter, error: OSError) -> None:
    letter.attempts += 1
    letter.last_error = type(error).__name__  # the text may hold the address
    if letter.attempts >= LAST_ATTEMPT:
        letter.delete()
        return
    letter.due_at = timezone.now() + timedelta(minutes=2**letter.attempts)
    letter.save(update_fields=["attempts", "last_error", "due_at"])
