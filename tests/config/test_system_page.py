from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutboxEmail, WorkerHeartbeat
from accounts.notifications.outbox import send_emails
from config.doctor import run_checks
from forum.models import Category, Duty
from forum.posting.posts import PostText, start_thread
from tests.conftest import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    boss = person("boss", "Boss", is_staff=True, is_superuser=True)
    client.force_login(boss)
    return boss


def page(client):
    return client.get(reverse("system")).content.decode()


@pytest.fixture
def failed_email():
    later = timezone.now() + timedelta(hours=2)
    return OutboxEmail.objects.create(
        to="maya@example.org", message_id="1", attempts=6, last_error="SMTPServerDisconnected 0", due_at=later
    )


@pytest.mark.usefixtures("admin")
def test_an_administrator_sees_what_works_and_what_waits(client, maya, dr_okafor, failed_email, settings):
    room = Category.objects.create(slug="r", title="Room", purpose="P", position=1)
    start_thread(room, PostText("Is it normal?", title="Sleep"), by=maya, key="7e7a6e7e-0000-4000-8000-000000000001")
    now = timezone.now()
    Duty.objects.create(moderator=dr_okafor, starts_at=now, ends_at=now + timedelta(hours=8))
    WorkerHeartbeat.objects.beat("worker-a")
    settings.METRICS_TOKEN = ""
    html = page(client)
    for shown in (
        "Problem</strong>: database role",
        "OK: worker",
        "worker-a: last seen",
        f"Email {failed_email.pk}, written",
        "SMTPServerDisconnected 0",
        "Green: 1, 0 late",
        "Dr. Okafor, until",
        "METRICS_TOKEN",
        "PostgreSQL",
    ):
        assert shown in html, shown
    assert "maya@example.org" not in html


@pytest.mark.usefixtures("admin")
def test_the_page_has_the_findings_of_the_doctor(client, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    shown = client.get(reverse("system")).context["findings"]
    elsewhere = {"database", "mail server"}  # without the one there is no page; only workers reach the other
    assert shown == [finding for finding in run_checks() if finding.name not in elsewhere]


@pytest.mark.usefixtures("admin")
def test_mail_that_failed_is_sent_again_at_once(client, failed_email, mailoutbox):
    assert send_emails() == 0
    answer = client.post(reverse("retry-mail"), follow=True).content.decode()
    assert "Mails that will be sent again in a moment: 1." in answer
    assert send_emails() == 1
    assert mailoutbox[0].to == ["maya@example.org"]
    assert "All mail has been sent." in page(client)


@pytest.mark.usefixtures("admin")
def test_the_dashboard_links_to_it(client):
    assert reverse("system") in client.get(reverse("admin:index")).content.decode()


def test_it_does_not_exist_for_others(client, maya, elif_, vera, dr_okafor, failed_email):
    for who in (maya, elif_, vera, dr_okafor):
        client.force_login(who)
        assert client.get(reverse("system")).status_code == 404
        assert client.post(reverse("retry-mail")).status_code == 404
        assert reverse("system") not in client.get(reverse("admin:index"), follow=True).content.decode()
    failed_email.refresh_from_db()
    assert failed_email.attempts == 6
