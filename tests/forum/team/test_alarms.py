"""Alarms: who is notified of urgent items, when, and only once."""

import json
import threading
from datetime import time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings as configured
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Notification, OutboxEmail
from accounts.notifications.inbox import queue_emails, set_deliveries
from accounts.notifications.outbox import send_emails
from accounts.roles import LEADS
from forum.models import Alarm, Duty, ReviewItem
from forum.moderation import claims, text_decisions
from forum.team import alarms, rota, webhook
from tests.conftest import MODERATORS, clinician

MINUTE = timedelta(minutes=1)


@pytest.fixture
def item(say, maya):
    """A RED item, promised within fifteen minutes."""
    revision = say(maya, "He is blue and will not wake up.", public=False).revisions.get()
    ReviewItem.objects.update(lane=1)
    Notification.objects.all().delete()
    return ReviewItem.objects.get(revision=revision)


def waited(item, minutes):
    asked = timezone.now() - minutes * MINUTE
    ReviewItem.objects.filter(pk=item.pk).update(asked_at=asked, promised_at=asked + 15 * MINUTE)
    Alarm.objects.filter(item=item).update(promised_at=asked + 15 * MINUTE)


def told():
    rows = Notification.objects.filter(kind="alarm").order_by("pk")
    return list(rows.values_list("recipient__display_name", flat=True))


@pytest.fixture
def team(item, dr_okafor, lead):
    """Dr. Okafor is on duty, Dr. Soon has the next shift, Dr. Later and the lead, Dr. Lind, have none."""
    now, hour = timezone.now(), timedelta(hours=1)
    rota.start_duty(by=dr_okafor, hours=2)
    later = clinician("later", "Dr. Later", MODERATORS)
    soon = clinician("soon", "Dr. Soon", MODERATORS)
    rota.plan_shift(soon, now + hour, now + 2 * hour, by=soon)
    return {"soon": soon, "later": later}


@pytest.mark.parametrize(
    ("minutes", "names"),
    [
        (7, []),
        (8, ["Dr. Okafor"]),
        (16, ["Dr. Okafor", "Dr. Soon"]),
        (23, ["Dr. Okafor", "Dr. Soon", "Dr. Lind"]),
    ],
)
def test_alarms_notify_those_on_duty_then_the_next_then_the_lead(item, team, minutes, names):
    waited(item, minutes)
    assert [alarms.raise_due_alarms() for _ in range(3)] == [len(names), 0, 0]
    assert told() == names
    assert list(Alarm.objects.order_by("pk").values_list("told__display_name", flat=True)) == names


def test_each_person_is_notified_once(item, team):
    for minutes in (8, 9, 16, 17, 23, 90):
        waited(item, minutes)
        alarms.raise_due_alarms()
    assert told() == ["Dr. Okafor", "Dr. Soon", "Dr. Lind"]
    assert list(Alarm.objects.order_by("pk").values_list("step", flat=True)) == ["half", "full", "lead"]


def test_closed_and_non_red_items_raise_no_alarm(item, team, dr_okafor):
    waited(item, 90)
    ReviewItem.objects.update(lane=2)
    assert alarms.raise_due_alarms() == 0
    ReviewItem.objects.update(lane=1)
    text_decisions.approve(item.revision, by=dr_okafor)
    assert (alarms.raise_due_alarms(), alarms.raise_alarm(item.pk, "half"), told()) == (0, False, [])


def test_a_claim_postpones_only_the_first_alarm(item, team, dr_okafor):
    waited(item, 8)
    claims.claim(item, by=dr_okafor)
    assert alarms.raise_due_alarms() == 0
    claims.release(item, by=dr_okafor)
    assert alarms.raise_due_alarms() == 1
    claims.claim(item, by=dr_okafor)
    waited(item, 16)
    assert alarms.raise_due_alarms() == 1
    assert told() == ["Dr. Okafor", "Dr. Soon"]


def test_with_no_one_on_duty_the_next_moderator_is_notified_at_half(item, team):
    Duty.objects.filter(starts_at__lte=timezone.now()).delete()
    waited(item, 8)
    alarms.raise_due_alarms()
    assert told() == ["Dr. Soon"]


def test_without_a_lead_another_moderator_is_notified(item, team, lead):
    lead.groups.remove(lead.groups.get(name=LEADS))
    waited(item, 23)
    alarms.raise_due_alarms()
    assert told()[:2] == ["Dr. Okafor", "Dr. Soon"]
    assert set(told()[2:]) == {"Dr. Later", "Dr. Lind"}


def test_no_one_is_notified_about_their_own_post(say, category, dr_okafor, lead):
    mine = say(dr_okafor, "My own.", public=False)
    rota.start_duty(by=dr_okafor, hours=1)
    Notification.objects.all().delete()
    ReviewItem.objects.filter(post=mine).update(lane=1)
    waited(ReviewItem.objects.get(post=mine), 23)
    alarms.raise_due_alarms()
    assert set(told()) == {"Dr. Lind"}


def test_the_email_is_sent_at_once_and_does_not_reveal_the_subject(
    item, team, dr_okafor, django_capture_on_commit_callbacks
):
    dr_okafor.quiet_from, dr_okafor.quiet_until = time(0), time(23, 59)
    dr_okafor.save()
    waited(item, 8)
    alarms.raise_due_alarms()
    queue_emails()
    assert OutboxEmail.objects.get().to == dr_okafor.email
    send_emails()
    (sent,) = mail.outbox
    assert sent.subject == configured.MAIL_SUBJECT
    assert "something urgent that is waiting" in sent.body
    for word in ("blue", "Maya", "naltrexone", "overdose", "red", f"/{item.pk}/"):
        assert word not in sent.body.lower()


def test_no_email_is_queued_once_the_item_is_decided(item, team, dr_okafor, lead):
    waited(item, 8)
    alarms.raise_due_alarms()
    text_decisions.approve(item.revision, by=lead)
    Notification.objects.exclude(kind="alarm").delete()
    assert queue_emails() == 0


def test_alarm_emails_can_be_turned_off(item, team, dr_okafor):
    set_deliveries(dr_okafor, {"alarm": "site"})
    waited(item, 8)
    alarms.raise_due_alarms()
    assert (told(), queue_emails()) == (["Dr. Okafor"], 0)


def test_the_database_allows_one_row_per_step(item):
    Alarm.objects.create(item=item, step="half", promised_at=item.promised_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alarm.objects.create(item=item, step="half", promised_at=item.promised_at)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_raise_an_alarm_once(item, team, hook):
    waited(item, 16)
    done, ready = [], threading.Barrier(2)

    def work():
        ready.wait()
        done.append(alarms.raise_due_alarms())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sum(done) == 2
    assert told() == ["Dr. Okafor", "Dr. Soon"]
    assert sorted(message["step"] for message in hook.got) == ["full", "half"]


@pytest.fixture
def hook(settings):
    """A server that records requests and answers with a given status."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(server.answer)
            self.send_header("Location", "/again")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.answer, server.got = 204, got
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    settings.FORUM_ALARM_WEBHOOK = f"http://127.0.0.1:{server.server_port}/hook?key=1"
    yield server
    server.shutdown()
    server.server_close()


def test_the_webhook_receives_numbers_and_a_link(item, team, hook, django_capture_on_commit_callbacks):
    waited(item, 8)
    with django_capture_on_commit_callbacks(execute=True):
        alarms.raise_due_alarms()
        assert hook.got == []  # not before the transaction is committed
    assert hook.got == [
        {
            "text": "Something urgent has waited 8 minutes.",
            "step": "half",
            "lane": "red",
            "waited_minutes": 8,
            "promised_minutes": 15,
            "link": f"{configured.SITE_ADDRESS}/forum/review/item/{item.pk}/",
        }
    ]


@pytest.mark.parametrize("answer", [302, 404, 500])
def test_a_failing_webhook_does_not_stop_notifications(item, team, hook, answer, django_capture_on_commit_callbacks):
    hook.answer = answer
    waited(item, 8)
    with django_capture_on_commit_callbacks(execute=True):
        assert alarms.raise_due_alarms() == 1
    assert (len(hook.got), told()) == (1, ["Dr. Okafor"])


def test_an_unset_unreachable_or_silent_webhook_raises_no_error(settings, monkeypatch):
    assert webhook.call({}) is False
    for address in ("http://127.0.0.1:1/", "ftp://example.org/", "nonsense", "http://[/"):
        settings.FORUM_ALARM_WEBHOOK = address
        assert webhook.call({}) is False
    silent = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)  # accepts the connection but never answers
    settings.FORUM_ALARM_WEBHOOK = f"http://127.0.0.1:{silent.server_port}/"
    monkeypatch.setattr(webhook, "TIMEOUT", 0.1)
    assert webhook.call({}) is False
    silent.server_close()


def test_the_worker_raises_alarms():
    assert {"forum.team.alarms.raise_due_alarms", "forum.posting.read_only.watch_duty"} <= set(configured.WORKER_CHORES)
