"""The System page in the admin: whether everything works, for administrators who have no access to the server."""

import platform

import django
from django.conf import settings
from django.contrib import admin, messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import OutboxEmail, WorkerHeartbeat
from accounts.notifications.outbox import retry_failed
from accounts.permissions import is_administrator
from config.doctor import CHECKS
from forum.models import Duty
from forum.team.board import waiting_by_lane

FAILED_SHOWN = 20
# What works without it, by setting and its name in the environment.
OPTIONAL = {
    "ERROR_REPORTS": ("ERROR_REPORTS", "Errors are only logged."),
    "FORUM_ALARM_WEBHOOK": ("ALARM_WEBHOOK_URL", "Alarms go out by mail only."),
    "METRICS_TOKEN": ("METRICS_TOKEN", "No one can read /health/metrics."),
    "OUTBOUND_REQUESTS": ("OUTBOUND_REQUESTS", "No one checks whether the pages that the guide cites still exist."),
    "SECURITY_CONTACT": ("SECURITY_CONTACT", "No page says where to report a vulnerability."),
}


@require_safe
@never_cache
def system(request: HttpRequest) -> HttpResponse:
    if not is_administrator(request.user):
        raise Http404
    mail = OutboxEmail.objects.order_by("created_at")
    context = {
        "title": "System",
        "findings": [check() for check in CHECKS],
        "workers": WorkerHeartbeat.objects.order_by("name"),
        "mail_count": mail.count(),
        "oldest_mail": mail.first(),
        "failed_mail": mail.failed()[:FAILED_SHOWN],
        "on_duty": Duty.objects.of_moderators().now().select_related("moderator"),
        "versions": _versions(),
        "unset": [names for setting, names in OPTIONAL.items() if not getattr(settings, setting)],
        **waiting_by_lane(),
    }
    return render(request, "admin/system.html", {**admin.site.each_context(request), **context})


@require_POST
def retry_mail(request: HttpRequest) -> HttpResponse:
    if not is_administrator(request.user):
        raise Http404
    messages.success(request, f"Mails that will be sent again in a moment: {retry_failed()}.")
    return redirect("system")


def _versions() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        return {"Python": platform.python_version(), "Django": django.get_version(), "PostgreSQL": cursor.fetchone()[0]}
