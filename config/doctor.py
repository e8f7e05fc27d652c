"""Checks of a running installation, each with what to do about a problem."""

import shutil
import smtplib
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from accounts.models import Credential, User
from accounts.roles import EDITORS, MODERATORS, REVIEWERS, VERIFIERS
from config.health import Finding, check_database, check_limits, check_mail, check_pages, check_worker
from forum.models import Category, Duty, ThreadSchedule
from forum.permissions import can_host_thread
from guide.models import Article

ROLE = """
    select rolsuper, exists (select from pg_tables where schemaname = 'public' and tableowner = current_user)
    from pg_roles where rolname = current_user
"""
MAIL_TIMEOUT = 10  # seconds
LEAST_FREE_BYTES = 2 * 1024**3
LAST_BACKUP = "last-backup"  # an empty file in PRIVATE_ROOT; the backup job sets its time
BACKUP_INTERVAL = timedelta(hours=26)  # a day, and time for the backup itself
PLACEHOLDER = "example.org"  # in .env.example


def run_checks() -> Iterator[Finding]:
    """Yield the finding of each check, or only of the first if the database is down."""
    database = check_database()
    yield database
    if database.ok:
        for check in [*CHECKS, check_mail_server]:
            yield check()


def check_migrations() -> Finding:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return _finding("migrations", not waiting, f"{waiting} not run: manage.py migrate")


def check_role() -> Finding:
    """Check that the site can't disable the triggers that keep decisions and revisions unchanged."""
    with connection.cursor() as cursor:
        cursor.execute(ROLE)
        is_superuser, owns_tables = cursor.fetchone()
    return _finding(
        "database role", not (is_superuser or owns_tables), "it can disable triggers: connect as the role “site”"
    )


def check_mail_server() -> Finding:
    try:
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=MAIL_TIMEOUT) as server:
            server.ehlo()
            offers_tls = server.has_extn("starttls")
    except OSError as error:
        return Finding("mail server", ok=False, detail=f"no answer ({type(error).__name__})")
    return _finding("mail server", offers_tls or not settings.EMAIL_USE_TLS, "it offers no STARTTLS")


def check_private_files() -> Finding:
    folder = Path(settings.PRIVATE_ROOT)
    if not folder.is_dir():
        return Finding("private files", ok=False, detail=f"{folder} is missing")
    return _finding("private files", not folder.stat().st_mode & stat.S_IRWXO, f"{folder} is open to other users")


def check_disk() -> Finding:
    folder = Path(settings.PRIVATE_ROOT)
    if not folder.is_dir():
        return Finding("disk", ok=False, detail=f"{folder} is missing")
    free = shutil.disk_usage(folder).free
    return Finding("disk", ok=free >= LEAST_FREE_BYTES, detail=f"{filesizeformat(free)} free for private files")


def check_backup() -> Finding:
    file = Path(settings.PRIVATE_ROOT) / LAST_BACKUP
    if not file.exists():
        return Finding("backup", ok=False, detail="none so far: make backup")
    made_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return Finding(
        "backup", ok=timezone.now() - made_at < BACKUP_INTERVAL, detail=f"the last one: {made_at:%Y-%m-%d %H:%M} UTC"
    )


def check_settings() -> Finding:
    values = {
        "SITE_ADDRESS": settings.SITE_ADDRESS,
        "EMAIL_HOST": settings.EMAIL_HOST,
        "MAIL_FROM": settings.DEFAULT_FROM_EMAIL,
    }
    left = [name for name, value in values.items() if PLACEHOLDER in value]
    return _finding("settings", not left, f"still as in .env.example: {', '.join(left)}")


def check_guide() -> Finding:
    return _finding("guide", Article.objects.published().exists(), "no articles: manage.py load_guide")


def check_forum() -> Finding:
    return _finding("forum", Category.objects.exists(), "no categories: manage.py load_forum")


def check_administrators() -> Finding:
    people = User.objects.filter(is_superuser=True, is_active=True)
    if not people.exists():
        return Finding("administrators", ok=False, detail="none: manage.py setup")
    unprotected = people.exclude(pk__in=Authenticator.objects.values("user")).count()
    return _finding("administrators", not unprotected, f"{unprotected} without a second factor")


def check_team() -> Finding:
    """Check that every role is filled. Moderators and reviewers must have a credential in force."""
    filled = set(User.objects.filter(is_active=True).values_list("groups__name", flat=True))
    clinicians = Credential.objects.in_force().values("user")
    licensed = User.objects.filter(pk__in=clinicians, groups__name__in=[MODERATORS, REVIEWERS])
    filled = filled - {MODERATORS, REVIEWERS} | set(licensed.values_list("groups__name", flat=True))
    missing = [name for name in (EDITORS, REVIEWERS, MODERATORS, VERIFIERS) if name not in filled]
    return _finding("team", not missing, f"no one in: {', '.join(missing)}")


def check_duty() -> Finding:
    scheduled = Duty.objects.filter(ends_at__gt=timezone.now()).exists()
    return _finding("duty", scheduled, "no one is on duty or scheduled, so posts wait")


def check_standing_threads() -> Finding:
    """Check that the host of each active schedule may open its threads."""
    schedules = ThreadSchedule.objects.active().select_related("host", "category")
    without = [str(schedule) for schedule in schedules if not can_host_thread(schedule.host, schedule.category)]
    return _finding("standing threads", not without, f"the host can’t moderate: {', '.join(without)}")


def _finding(name: str, ok: bool, problem: str) -> Finding:
    return Finding(name, ok=ok, detail="" if ok else problem)


CHECKS: list[Callable[[], Finding]] = [  # those of the System page too: none asks another host than our own
    check_migrations,
    check_role,
    check_settings,
    check_limits,
    check_pages,
    check_worker,
    check_mail,
    check_private_files,
    check_disk,
    check_backup,
    check_guide,
    check_forum,
    check_administrators,
    check_team,
    check_duty,
    check_standing_threads,
]
