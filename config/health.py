"""Health of the running installation, for probes, `manage.py doctor` and metrics."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from accounts.models import OutboxEmail, WorkerHeartbeat
from core import page_cache

LATE_MAIL = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    name: str
    ok: bool
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.detail or ('ok' if self.ok else 'failed')}"


def check_database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return Finding("database", ok=False, detail="no answer")
    return Finding("database", ok=True)


def check_limits() -> Finding:
    """Check the cache that counts attempts. Without it no one can log in, but everyone can read."""
    try:
        cache.set("health", 1, 10)
        found = cache.get("health") == 1
    except RedisError:
        found = False
    return Finding("limits", ok=found, detail="" if found else "no answer")


def check_pages() -> Finding:
    """Check the cache of pages. Without it pages are slower."""
    page_cache.shared().set("health", 1, 10)
    found = page_cache.shared().get("health") == 1
    return Finding("pages", ok=found, detail="" if found else "no answer")


def check_worker() -> Finding:
    """Check that a worker wrote a heartbeat in the last two minutes."""
    try:
        alive = WorkerHeartbeat.objects.recent().count()
    except DatabaseError:
        return Finding("worker", ok=False, detail="unknown without the database")
    return Finding("worker", ok=alive > 0, detail="" if alive else "no heartbeat for two minutes")


def check_mail() -> Finding:
    late = OutboxEmail.objects.filter(due_at__lt=timezone.now() - LATE_MAIL).count()
    return Finding("mail", ok=late == 0, detail=f"{late} overdue" if late else "")


PROBES: list[Callable[[], Finding]] = [check_database, check_limits, check_worker]


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """Answer while the process works. A container that doesn't answer is restarted."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Report each check. Only a missing database is an error, since people can still read without a worker or limits."""
    findings = [check() for check in PROBES]
    status = 200 if findings[0].ok else 503
    return HttpResponse("\n".join(map(str, findings)), status=status, content_type="text/plain")


@require_safe
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """Fail if no worker is alive, to alert an operator: without one, no mail goes out and no alarm is raised."""
    finding = check_worker()
    return HttpResponse(str(finding), status=200 if finding.ok else 503, content_type="text/plain")
