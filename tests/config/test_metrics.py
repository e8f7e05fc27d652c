import re

import pytest

from accounts.models import OutboxEmail, WorkerHeartbeat
from config import health
from forum.models import Category
from forum.posting.posts import PostText, start_thread

pytestmark = pytest.mark.django_db
TOKEN = "t" * 40


@pytest.fixture
def read(client, settings):
    settings.METRICS_TOKEN = TOKEN
    return lambda: client.get("/health/metrics", headers={"Authorization": f"Bearer {TOKEN}"})


def test_metrics_do_not_exist_without_the_token(client, settings):
    assert client.get("/health/metrics").status_code == 404
    assert client.get("/health/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/health/metrics", headers={"Authorization": "Bearer x"}).status_code == 404


def test_requests_are_counted_by_view_and_never_by_path_or_person(client, read, maya):
    client.force_login(maya)
    client.get("/forum/in/secret-words/")
    text = read().content.decode()
    assert 'site_request_seconds_count{view="forum:category"}' in text
    assert 'site_responses_total{method="GET",status="4xx"}' in text
    assert not re.search("secret-words|maya|example.org|127.0.0.1", text, re.IGNORECASE)


def test_queue_outbox_and_workers_are_measured(read, maya):
    room = Category.objects.create(slug="r", title="Room", purpose="P", position=1)
    start_thread(room, PostText("Is it normal?", title="Sleep"), by=maya, key="7e7a6e7e-0000-4000-8000-000000000001")
    OutboxEmail.objects.create(to="a@example.org", message_id="1")
    WorkerHeartbeat.objects.beat("worker-a")
    text = read().content.decode()
    assert 'site_queue_items{lane="GREEN"} 1.0' in text
    for name in (
        'site_queue_age_seconds{lane="GREEN"}',
        "site_outbox_age_seconds",
        "site_worker_heartbeat_age_seconds",
    ):
        assert re.search(rf"^{re.escape(name)} \d", text, re.MULTILINE), name


def test_an_empty_site_has_metrics_too(read):
    assert read().status_code == 200
    assert not health.check_worker().ok


def test_alerts_and_dashboard_use_metrics_that_exist(read, root, maya):
    room = Category.objects.create(slug="r", title="Room", purpose="P", position=1)
    start_thread(room, PostText("Is it normal?", title="Sleep"), by=maya, key="7e7a6e7e-0000-4000-8000-000000000001")
    OutboxEmail.objects.create(to="a@example.org", message_id="1")
    WorkerHeartbeat.objects.beat("worker-a")
    read()
    exist = set(re.findall(r"^(site_\w+)", read().content.decode(), re.MULTILINE))
    files = (root / "deploy/monitoring/alerts.yml", root / "deploy/monitoring/dashboard.json")
    used = {name for file in files for name in re.findall(r"site_\w+", file.read_text())}
    assert used - exist == set()
    assert len(used) >= 6
