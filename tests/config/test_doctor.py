import os
import time as time_module
from datetime import time, timedelta

import pytest
from aiosmtpd.controller import Controller
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import WorkerHeartbeat
from accounts.roles import EDITORS, MODERATORS, REVIEWERS, VERIFIERS
from config.doctor import LAST_BACKUP, check_backup, check_disk, run_checks
from forum.models import Category, Duty, ThreadSchedule
from tests.conftest import clinician, person, small_article
from tests.smtp_sink import Sink
from tools.production_trial import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_private_folder(settings, tmp_path):
    tmp_path.chmod(0o700)
    settings.PRIVATE_ROOT = tmp_path


def problems():
    return {finding.name: finding.detail for finding in run_checks() if not finding.ok}


@pytest.fixture
def smtp(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", free_port(), False
    controller = Controller(Sink(), hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    yield
    controller.stop()


def test_an_empty_installation_lacks_everything_but_its_tables(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert problems() == {
        "database role": "it can disable triggers: connect as the role “site”",  # tests own their tables
        "backup": "none so far: make backup",
        "worker": "no heartbeat for two minutes",
        "mail server": "no answer (ConnectionRefusedError)",
        "guide": "no articles: manage.py load_guide",
        "forum": "no categories: manage.py load_forum",
        "administrators": "none: manage.py setup",
        "team": f"no one in: {EDITORS}, {REVIEWERS}, {MODERATORS}, {VERIFIERS}",
        "duty": "no one is on duty or scheduled, so posts wait",
    }


@pytest.mark.usefixtures("smtp")
def test_a_complete_installation_has_no_problem_but_the_role_of_the_tests(settings):
    small_article()
    Category.objects.create(slug="r", title="Room", purpose="P", position=1)
    admin = person("admin", "Admin", is_superuser=True, is_staff=True)
    TOTP.activate(admin, generate_totp_secret())
    person("elif", "Elif", EDITORS)
    person("vera", "Vera", VERIFIERS)
    okafor, now = clinician("okafor", "Dr. Okafor", REVIEWERS, MODERATORS), timezone.now()
    Duty.objects.create(moderator=okafor, starts_at=now, ends_at=now + timedelta(hours=8))
    WorkerHeartbeat.objects.beat("worker-a")
    (settings.PRIVATE_ROOT / LAST_BACKUP).touch()
    assert problems().keys() == {"database role"}


def test_a_backup_of_the_day_before_yesterday_is_a_problem(settings):
    file = settings.PRIVATE_ROOT / LAST_BACKUP
    file.touch()
    assert check_backup().ok
    two_days_ago = time_module.time() - 2 * 86_400
    os.utime(file, (two_days_ago, two_days_ago))
    assert not check_backup().ok


def test_a_missing_folder_is_named(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "missing"
    assert (check_disk().ok, check_disk().detail) == (False, f"{tmp_path}/missing is missing")


def test_settings_that_were_never_filled_in_are_named(settings):
    settings.SITE_ADDRESS = "https://guide.example.org"
    assert problems()["settings"] == "still as in .env.example: SITE_ADDRESS"


def test_an_administrator_without_second_factor_and_a_lapsed_moderator_are_problems():
    person("admin", "Admin", is_superuser=True, is_staff=True)
    lapsed = clinician("okafor", "Dr. Okafor", MODERATORS)
    lapsed.credentials.update(expires_at=timezone.now() - timedelta(days=1))
    found = problems()
    assert found["administrators"] == "1 without a second factor"
    assert MODERATORS in found["team"]


def test_a_standing_thread_without_a_host_in_force_is_a_problem(dr_okafor):
    category = Category.objects.create(slug="r", title="Room", purpose="P", position=1)
    schedule = ThreadSchedule.objects.create(
        title="Monday plan", body="Plans?", category=category, host=dr_okafor, starts=time(8)
    )
    assert "standing threads" not in problems()
    dr_okafor.credentials.update(expires_at=timezone.now() - timedelta(days=1))
    assert problems()["standing threads"] == "the host can’t moderate: Monday plan"
    ThreadSchedule.objects.filter(pk=schedule.pk).update(active=False)
    assert "standing threads" not in problems()


def test_the_command_fails_while_there_are_problems(capsys):
    with pytest.raises(CommandError, match=r"Problems: \d"):
        call_command("doctor")
    assert "  ok   database: ok" in capsys.readouterr().out
