import threading
from datetime import UTC, datetime, time

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import OutboxEmail, User
from guide.dashboard import digest
from guide.dashboard.digest import choose_digest
from guide.models import EditorPreference


@pytest.fixture
def waiting(article, elif_):
    """Feedback assigned to Elif."""
    return article.feedback.create(revision=article.live_revision, helpful=False, assigned_to=elif_)


def send(*moment):
    now = datetime(2026, 11, *moment, tzinfo=UTC)
    return sum(digest._send(pk, now) for pk in EditorPreference.objects.values_list("pk", flat=True))


def test_the_daily_digest_is_sent_once_from_eight_oclock(waiting, elif_):
    choose_digest(elif_, "daily")
    assert [send(23, 7, 59), send(23, 8), send(23, 8, 1), send(23, 23), send(24, 7), send(24, 9)] == [0, 1, 0, 0, 0, 1]


def test_the_weekly_digest_is_sent_once_a_week_even_after_a_missed_monday(waiting, elif_):
    choose_digest(elif_, "weekly")
    assert [send(23, 9), send(24, 9), send(29, 9)] == [1, 0, 0]
    EditorPreference.objects.update(digest_sent_on="2026-11-16")
    assert [send(25, 9), send(26, 9)] == [1, 0]


def test_the_digest_uses_the_recipients_time_zone(waiting, elif_):
    User.objects.filter(pk=elif_.pk).update(time_zone="America/New_York")
    choose_digest(elif_, "daily")
    assert [send(23, 12), send(23, 13, 1)] == [0, 1]


def test_only_editors_who_want_a_digest_get_one(waiting, elif_):
    assert send(23, 9) == 0
    choose_digest(elif_, "daily")
    choose_digest(elif_, "never")
    assert send(23, 9) == 0


def test_no_digest_is_sent_if_nothing_is_waiting(waiting, elif_):
    waiting.delete()
    choose_digest(elif_, "daily")
    assert (send(23, 9), OutboxEmail.objects.count()) == (0, 0)


def test_a_former_editor_gets_no_digest(waiting, elif_):
    choose_digest(elif_, "daily")
    elif_.groups.clear()
    assert send(23, 9) == 0


def test_the_digest_is_discreet_and_contains_numbers_only(waiting, elif_, article):
    choose_digest(elif_, "daily")
    send(23, 9)
    mail = OutboxEmail.objects.get()
    assert (mail.subject, mail.to, mail.recipient) == ("You have news", elif_.email, elif_)
    assert "- 1 of readers’ feedback assigned to you" in mail.body
    assert reverse("admin:guide_dashboard") in mail.body
    assert not {"naltrexone", "opioid", "alcohol", "small", "guide "} & set(mail.body.lower().split())


def test_the_digest_waits_for_the_end_of_quiet_hours(waiting, elif_):
    User.objects.filter(pk=elif_.pk).update(quiet_from=time(7), quiet_until=time(10))
    choose_digest(elif_, "daily")
    send(23, 9)
    assert OutboxEmail.objects.get().due_at == datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_a_worker_killed_before_saving_the_date_sends_nothing(waiting, elif_, monkeypatch):
    choose_digest(elif_, "daily")
    real = digest._write

    def die(*arguments):
        real(*arguments)
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit), transaction.atomic():
        patch.setattr(digest, "_write", die)
        send(23, 9)
    assert (OutboxEmail.objects.count(), EditorPreference.objects.get().digest_sent_on) == (0, None)
    assert [send(23, 9), send(23, 9)] == [1, 0]


@pytest.mark.django_db(transaction=True)
def test_two_simultaneous_workers_send_one_digest(waiting, elif_):
    choose_digest(elif_, "daily")

    def work():
        send(23, 9)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert OutboxEmail.objects.count() == 1


def test_the_digest_is_chosen_on_the_dashboard(client, elif_, article):
    client.force_login(elif_)
    client.post(reverse("admin:guide_digest"), {"digest": "weekly"})
    assert EditorPreference.objects.get(owner=elif_).digest == "weekly"
    assert '<option value="weekly" selected>' in client.get(reverse("admin:guide_dashboard")).content.decode()
    assert "Select a valid choice" in client.post(reverse("admin:guide_digest"), {"digest": "hourly"}).content.decode()
    assert EditorPreference.objects.get(owner=elif_).digest == "weekly"
