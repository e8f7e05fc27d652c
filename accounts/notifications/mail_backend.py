"""The mail backend that queues email in the outbox; the worker sends it (outbox.py)."""

from collections.abc import Sequence
from email.utils import make_msgid

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from accounts.models import OutboxEmail


class OutboxBackend(BaseEmailBackend):
    """Write email to the outbox in the current transaction, so that requests don't wait for SMTP."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        emails = [email for message in email_messages for email in _emails(message)]
        return len(OutboxEmail.objects.bulk_create(emails))


def _emails(message: EmailMessage) -> list[OutboxEmail]:
    html = next((body for body, kind in getattr(message, "alternatives", []) if kind == "text/html"), "")
    common = {"subject": message.subject, "body": message.body, "html": html, "headers": message.extra_headers}
    return [OutboxEmail(to=to, message_id=new_message_id(), **common) for to in message.recipients()]


def new_message_id() -> str:
    return make_msgid(domain="mail.invalid")
