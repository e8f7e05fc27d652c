"""Metrics for Prometheus at /health/metrics: numbers about the site, none about a person.

Processes of one gunicorn share their counts through files in PROMETHEUS_MULTIPROC_DIR. Numbers from the database are
queried when the metrics are read.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from accounts.models import OutboxEmail, WorkerHeartbeat
from forum.models import Lane, ReviewItem

SECONDS = Histogram(
    "site_request_seconds",
    "Time to make a response, by view.",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RESPONSES = Counter("site_responses", "Responses by method and class of status.", ["method", "status"])
METHODS = {"GET", "HEAD", "POST", "OPTIONS"}


def observe(view: str, method: str, status: int, seconds: float) -> None:
    SECONDS.labels(view).observe(seconds)
    RESPONSES.labels(method if method in METHODS else "other", f"{status // 100}xx").inc()


class DatabaseCollector(Collector):
    """Queue, outbox and workers, as they are now."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from _queue()
        yield _age(
            "site_outbox_age_seconds",
            "How late the most overdue email is.",
            _oldest(OutboxEmail.objects.all(), "due_at"),
        )
        beats = WorkerHeartbeat.objects.order_by("-beat_at").values_list("beat_at", flat=True)
        yield _age("site_worker_heartbeat_age_seconds", "Time since the last heartbeat of any worker.", beats.first())


def _queue() -> Iterator[GaugeMetricFamily]:
    depth = GaugeMetricFamily("site_queue_items", "Open review items by lane.", labels=["lane"])
    age = GaugeMetricFamily("site_queue_age_seconds", "Age of the oldest open review item by lane.", labels=["lane"])
    rows = ReviewItem.objects.open().values_list("lane").annotate(Count("pk"), Min("asked_at")).order_by("lane")
    for lane, number, oldest in rows:
        depth.add_metric([Lane(lane).name], number)
        age.add_metric([Lane(lane).name], (timezone.now() - oldest).total_seconds())
    yield depth
    yield age


def _oldest(rows: Any, field: str) -> Any:
    return rows.aggregate(oldest=Min(field))["oldest"]


def _age(name: str, help_text: str, since: Any) -> GaugeMetricFamily:
    """Return a gauge of the seconds since a time: 0 if it is in the future, no sample if it is None."""
    family = GaugeMetricFamily(name, help_text)
    if since:
        family.add_metric([], max(0.0, (timezone.now() - since).total_seconds()))
    return family


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Show the metrics to whoever presents METRICS_TOKEN. The page does not exist for others."""
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    return HttpResponse(_exposition(), content_type=CONTENT_TYPE_LATEST)


def _exposition() -> bytes:
    registry = CollectorRegistry()
    if settings.METRICS_FOLDER:
        MultiProcessCollector(registry, path=settings.METRICS_FOLDER)
    else:
        registry.register(SECONDS)
        registry.register(RESPONSES)
    registry.register(DatabaseCollector())
    return generate_latest(registry)
