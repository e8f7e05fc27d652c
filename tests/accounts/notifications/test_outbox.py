"""The outbox, with a real SMTP server."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from email import message_from_bytes, policy
from email.utils import format_datetime

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Notification, OutboxEmail
from accounts.notifications.inbox import notify, queue_emails
from accounts.notifications.outbox import LAST_ATTEMPT, send_emails


class Sink:
    """An SMTP handler that stores messages, with configurable replies and delay."""

    def __init__(self):
        self.received, self.answers, self.pause = [], {}, 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        time.sleep(self.pause)
        return "250 OK"


@pytest.fixture
def sink(settings):
    sink = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAIL_CARRIER = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield sink
    controller.stop()


def post(to="maya@example.org", **headers):
    send_mail("Hello", "Words.", None, [to])
    letter = OutboxEmail.objects.latest("pk")
    letter.headers.update(headers)
    letter.save()
    return letter


def test_an_email_is_sent_once_and_deleted(db, sink):
    letter = post()
    assert (send_emails(), send_emails()) == (1, 0)
    [mail] = sink.received
    assert (mail["To"], mail["Subject"], mail["Message-ID"]) == ("maya@example.org", "Hello", letter.message_id)
    assert OutboxEmail.objects.count() == 0


def test_notification_emails_are_discreet_and_have_one_click_unsubscribe(maya, sink, settings):
    settings.MAIL_BURST_SECONDS = 0
    told = notify(maya, "export", "Your copy is ready.", "/account/")
    queue_emails()
    send_emails()
    [mail] = sink.received
    assert mail["From"] == "GN Accounts <accounts@localhost>"
    assert mail["Subject"] == "You have news"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "".join(mail["List-Unsubscribe"].split()).startswith("<http://127.0.0.1:8000/account/unsubscribe/")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "naltrexone" not in mail.as_string().lower()
    told.refresh_from_db()
    assert (told.email, told.mailed_at is not None, queue_emails()) == (None, True, 0)


def test_email_of_a_rolled_back_transaction_is_not_sent(db, sink):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        post()
        raise ZeroDivisionError
    assert (send_emails(), sink.received) == (0, [])


def test_a_rejected_email_is_deleted_and_reported_once_without_delaying_others(maya, sink):
    sink.answers["maya@example.org"] = "550 No such user"
    for _ in range(2):
        OutboxEmail.objects.filter(pk=post().pk).update(recipient=maya)
    post("noah@example.org")
    assert send_emails() == 1
    assert [m["To"] for m in sink.received] == ["noah@example.org"]
    assert OutboxEmail.objects.count() == 0
    [told] = Notification.objects.of(maya)
    assert told.sentence == "We couldn’t deliver an email to you. Please check your e-mail address."
    assert told.mail_due_at is None


def test_an_email_that_fails_is_retried_with_growing_delays_and_then_dropped(maya, sink, caplog):
    sink.answers["maya@example.org"] = "451 Try later"
    letter = post()
    assert send_emails() == 0
    letter.refresh_from_db()
    assert letter.due_at > timezone.now() + timedelta(minutes=1)
    assert letter.last_error == "SMTPRecipientsRefused 451"
    assert "maya" not in caplog.text
    OutboxEmail.objects.update(attempts=LAST_ATTEMPT - 1, due_at=timezone.now())
    send_emails()
    assert OutboxEmail.objects.count() == 0


def test_no_server_is_no_loss(db, settings):
    settings.MAIL_CARRIER, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    post()
    assert (send_emails(), OutboxEmail.objects.count()) == (0, 1)


def test_a_code_that_ran_out_is_not_sent(db, sink):
    post(Expires=format_datetime(timezone.now() - timedelta(seconds=1)))
    post(Expires=format_datetime(timezone.now() + timedelta(minutes=1)))
    assert (send_emails(), OutboxEmail.objects.count()) == (1, 0)


WORKER = """
import django; django.setup()
from django.conf import settings
settings.MAIL_CARRIER = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", {port}
from accounts.notifications.outbox import send_emails
while send_emails(): pass
"""


def until(true, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def worker(port):
    url = os.environ["DATABASE_URL"].rpartition("/")[0] + "/" + connection.settings_dict["NAME"]
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    return subprocess.Popen([sys.executable, "-c", WORKER.format(port=port)], env=environment, cwd=django_settings.ROOT)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_no_email_and_two_workers_send_none_twice(sink, settings):
    ids = {post(f"{n}@example.org").message_id for n in range(12)}
    sink.pause = 0.2
    killed = worker(settings.EMAIL_PORT)
    until(lambda: len(sink.received) >= 3)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    sink.pause = 0
    for each in [worker(settings.EMAIL_PORT) for _ in range(2)]:
        assert each.wait(60) == 0
    sent = [m["Message-ID"] for m in sink.received]
    assert set(sent) == ids
    assert len(sent) - len(ids) <= 1  # the one that was being sent when the worker died
    assert OutboxEmail.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_one_email(maya, settings):
    settings.MAIL_BURST_SECONDS = 0
    for _ in range(20):
        notify(maya, "export", "Ready.", "/account/")
    written = []

    def write():
        written.append(queue_emails())
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(written) == OutboxEmail.objects.count() == 1
