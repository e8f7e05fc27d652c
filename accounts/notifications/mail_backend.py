"""Django's mail backend that puts letters into the outbox; the worker sends them (services/mail.py)."""

from collections.abc import Sequence
from email.utils import make_msgid

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from accounts.models import OutboxEmail


class OutboxBackend(BaseEmailBackend):
    """A mail is a row of the transaction that causes it: rolled back with it, and never a wait for the reader."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        letters = [letter for message in email_messages for letter in _letters(message)]
        return len(OutboxEmail.objects.bulk_create(letters))


def _letters(message: EmailMessage) -> list[OutboxEmail]:
    html = next((body for body, kind in getattr(message, "alternatives", []) if kind == "text/html"), "")
    common = {"subject": message.subject, "body": message.body, "html": html, "headers": message.extra_headers}
    return [OutboxEmail(to=to, message_id=new_message_id(), **common) for to in message.recipients()]


def new_message_id() -> str:
    return make_msgid(domain="mail.invalid")
