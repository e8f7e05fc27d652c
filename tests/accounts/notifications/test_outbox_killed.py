"""Workers that are repeatedly killed while sending two hundred emails to a slow server."""

import signal
import time

import pytest
from django.db import transaction

from accounts.models import OutboxEmail
from tests.accounts.notifications.test_outbox import post, until, worker

LETTERS, KILLS = 200, 6


def rolled_back(to):
    with transaction.atomic():
        message_id = post(to).message_id
        transaction.set_rollback(True)
    return message_id


def kill_after(received, count, port):
    running = worker(port)
    aim = len(received) + count
    until(lambda: len(received) >= aim)
    running.send_signal(signal.SIGKILL)
    running.wait()
    time.sleep(0.1)  # the server may still be reading what was sent last


@pytest.mark.system
@pytest.mark.django_db(transaction=True)
def test_workers_killed_many_times_lose_nothing_and_send_nothing_that_was_rolled_back(sink, settings):
    never = {rolled_back(f"never{n}@example.org") for n in range(3)}
    ids = {post(f"{n}@example.org").message_id for n in range(LETTERS)}
    sink.pause = 0.02
    for _ in range(KILLS):
        kill_after(sink.received, 8, settings.EMAIL_PORT)
    assert OutboxEmail.objects.exists()  # they were killed at work, not after it
    assert worker(settings.EMAIL_PORT).wait(90) == 0
    sent = [(m["Message-ID"], m["To"]) for m in sink.received]
    assert {message_id for message_id, _ in sent} == ids
    assert not never & {message_id for message_id, _ in sent}
    assert len(set(sent)) == LETTERS  # a letter that went twice is the same letter
    assert len(sent) - LETTERS <= KILLS
    assert OutboxEmail.objects.count() == 0
