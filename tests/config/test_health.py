"""What probes report while a service is down."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutboxEmail, WorkerHeartbeat
from config import health
from core.forgiving_cache import ForgivingRedisCache

pytestmark = pytest.mark.django_db
NO_REDIS = {"LOCATION": "redis://127.0.0.1:1/0"}  # nothing listens on port 1


@pytest.fixture
def no_limits(settings):
    settings.CACHES = settings.CACHES | {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", **NO_REDIS}
    }
    assert isinstance(caches["default"], RedisCache)


@pytest.fixture
def no_pages(settings):
    settings.CACHES = settings.CACHES | {"pages": {"BACKEND": "core.forgiving_cache.ForgivingRedisCache", **NO_REDIS}}
    assert isinstance(caches["pages"], ForgivingRedisCache)


def test_a_process_that_answers_is_alive(client):
    answer = client.get("/health/live")
    assert answer.content == b"ok"
    assert "Content-Security-Policy" not in answer.headers  # no other middleware had to run


def test_readiness_names_what_is_missing_but_only_the_database_is_an_error(client):
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.content.decode()) == (
        200,
        "database: ok\nlimits: ok\nworker: no heartbeat for two minutes",
    )


@pytest.mark.usefixtures("no_pages")
def test_a_cache_of_pages_that_does_not_answer_is_found():
    assert str(health.check_pages()) == "pages: no answer"


def test_a_worker_is_alive_for_two_minutes_after_its_heartbeat(client):
    WorkerHeartbeat.objects.beat("worker-a")
    assert client.get("/health/worker").status_code == 200
    WorkerHeartbeat.objects.update(beat_at=timezone.now() - timedelta(minutes=3))
    assert client.get("/health/worker").status_code == 503


def test_a_worker_that_was_not_seen_for_a_day_is_forgotten():
    WorkerHeartbeat.objects.create(name="old", beat_at=timezone.now() - timedelta(days=2))
    WorkerHeartbeat.objects.beat("worker-a")
    WorkerHeartbeat.objects.beat("worker-a")
    assert list(WorkerHeartbeat.objects.values_list("name", flat=True)) == ["worker-a"]


def test_late_mail_is_a_problem():
    assert health.check_mail().ok
    OutboxEmail.objects.create(to="a@example.org", message_id="1", due_at=timezone.now() - timedelta(minutes=6))
    assert str(health.check_mail()) == "mail: 1 overdue"


@pytest.mark.usefixtures("guide", "no_limits", "no_pages")
def test_without_redis_everyone_can_read_and_no_one_can_try_passwords(client):
    client.raise_request_exception = False
    assert [client.get(path).status_code for path in ("/", "/guide/faq/", "/help-now/", "/forum/")] == [200] * 4
    answer = client.post(reverse("account_login"), {"login": "maya@example.org", "password": "pw"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "988" in answer.content.decode()
    assert "limits: no answer" in client.get("/health/ready").content.decode()


def test_an_outage_of_the_database_is_explained_with_help_lines(client, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("connection to someone@example.org refused")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", fail)
    client.raise_request_exception = False
    answer = client.get("/forum/")
    assert answer.status_code == 503
    assert "988" in answer.content.decode()
    assert "example.org" not in answer.content.decode()
    assert client.get("/health/ready").status_code == 503
