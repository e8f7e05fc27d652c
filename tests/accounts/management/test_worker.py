"""The worker's heartbeat, and what it does while the database is unreachable."""

import time

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from accounts.management.commands import worker
from accounts.models import WorkerHeartbeat
from accounts.notifications import outbox


@pytest.mark.django_db
def test_a_worker_records_its_heartbeat(settings):
    settings.WORKER_NAME, settings.WORKER_CHORES = "worker-a", {"accounts.notifications.outbox.send_emails": 1}
    call_command("worker", "--once")
    assert list(WorkerHeartbeat.objects.recent().values_list("name", flat=True)) == ["worker-a"]


@pytest.mark.django_db(transaction=True)
def test_a_lost_database_does_not_end_the_worker(settings):
    settings.WORKER_CHORES = {"accounts.notifications.outbox.send_emails": 1}
    command = worker.Command()
    connection.ensure_connection()
    connection.connection.close()  # as if the server had ended it
    call_command(command, "--once")
    call_command(command, "--once")
    assert WorkerHeartbeat.objects.count() == 1


@pytest.mark.django_db
def test_a_chore_that_fails_is_logged_and_a_lost_connection_is_raised():
    def fail():
        raise ValueError

    def lose():
        connection.connection.close()
        raise OperationalError

    assert worker.run_exclusively("fails", fail) is None
    with pytest.raises(Exception, match="closed"):
        worker.run_exclusively("loses", lose)


@pytest.mark.django_db
def test_a_slow_mail_server_does_not_keep_the_worker_from_its_alarms(monkeypatch):
    for number in range(3):
        outbox.OutboxEmail.objects.create(to=f"{number}@example.org", message_id=str(number))
    passed = iter([0, 16, 32, 48])
    monkeypatch.setattr(time, "monotonic", lambda: next(passed))
    assert outbox.send_emails() == 1
    assert outbox.OutboxEmail.objects.count() == 2
