"""The production setup with real processes: four people's journeys, rights, logs, faults, backup and restore.

One setup serves the module, since starting it takes minutes. The tests run in the order of the file.
"""

import contextlib
import json
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.request import urlopen

import psycopg2
import pytest

from tests.tools.trial_members import members, write_all
from tools.production_trial import SITES, WORKERS, ProductionTrial
from tools.production_walk import walk

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        not all(
            shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/bin")
            for name in ("caddy", "pgbouncer", "redis-server", "faketime")
        ),
        reason="run tools/install_packages.sh",
    ),
]
UNCACHED = "/forum/?before=1"  # pages with this parameter are made anew each time
QUESTION = "from {module} import {name}; print({expression})"


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    with ProductionTrial(tmp_path_factory.mktemp("production")) as running:
        yield running


def ask(trial, expression, module="forum.models", name="Thread"):
    """Return what a Python expression gives in the site."""
    return trial.manage("shell", "-v0", "-c", QUESTION.format(module=module, name=name, expression=expression)).strip()


def logs(trial, *names):
    return "".join((trial.home / "logs" / f"{name}.log").read_text() for name in names)


def test_four_people_go_through_the_site(trial):
    trial.get(
        "/guide/faq/?utm_source=Zanzibarova",
        headers={"User-Agent": "Zanzibarovas Phone", "X-Forwarded-For": "203.0.113.7"},
    )
    trial.get("/guide/zanzibarova-private/")
    walk(trial)


def test_logs_of_these_journeys_name_no_one_and_hold_no_words(trial):
    written = logs(trial, *SITES, *WORKERS, "proxy", "pgbouncer") + trial.database.log.read_text()
    private = r"maya|rivers|okafor|elif|zanzibarova|203\.0\.113|example\.org|lantern|first week|plainer|mozilla|chrom"
    assert re.findall(private, written, re.IGNORECASE) == []
    lines = [json.loads(line) for line in logs(trial, *SITES).splitlines() if line.startswith("{")]
    assert {key for line in lines for key in line} <= {
        "time",
        "level",
        "logger",
        "message",
        "request",
        "error",
        "where",
    }


def test_health_and_metrics_are_for_the_private_network(trial):
    token = {"Authorization": f"Bearer {trial.environment['METRICS_TOKEN']}"}
    assert [trial.get(f"/health/{page}", headers=token)[0] for page in ("live", "ready", "worker", "metrics")] == [
        404
    ] * 4
    assert trial.get("/health/ready", site="site-a") == (200, "database: ok\nlimits: ok\nworker: ok")
    assert trial.get("/health/worker", site="site-b")[0] == 200
    status, text = trial.get("/health/metrics", site="site-a", headers=token)
    assert status == 200
    views = dict(re.findall(r'site_request_seconds_count\{view="([^"]+)"\} ([\d.]+)', text))
    assert views.keys() >= {"health-live"}
    assert re.search(r"site_worker_heartbeat_age_seconds [\d.]+", text)


def test_the_site_cannot_switch_off_what_keeps_decisions_unchanged(trial):
    statements = [
        "alter table forum_decision disable trigger all",
        "truncate forum_decision cascade",
        "create table mine (n int)",
        "create role other superuser",
        "set session_replication_role = replica",
        "copy accounts_user to program 'cat'",
        "delete from forum_decision",
    ]
    script = f"""
from django.db import connection, DatabaseError
for statement in {statements!r}:
    try:
        connection.cursor().execute(statement)
        print(statement)
    except DatabaseError:
        pass
"""
    assert trial.manage("shell", "-v0", "-c", script) == ""


def test_the_doctor_finds_what_is_still_to_do_and_nothing_else(trial):
    with pytest.raises(SystemExit) as error:
        trial.manage("doctor")
    problems = re.findall(r"PROBLEM (.*)", str(error.value))
    assert problems == [
        "settings: still as in .env.example: MAIL_FROM",
        "backup: none so far: make backup",
        "administrators: none: manage.py setup",
        "duty: no one is on duty or scheduled, so posts wait",
    ]


ERASE_MAYA = """
from accounts.models import User
from accounts.privacy.account_deletion import replay_erasure
print(replay_erasure(User.objects.get(email="maya.rivers@example.org").pk, posts_choice="remove"))
"""


@pytest.fixture
def backup(trial, tmp_path):
    """A backup of database and files, its key, and the list of who was erased since: Maya."""
    private, key, folder = Path(trial.environment["PRIVATE_ROOT"]), tmp_path / "key.txt", tmp_path / "backups"
    (private / "evidence").mkdir(exist_ok=True)
    (private / "evidence" / "license.pdf").write_bytes(b"%PDF of a license")
    folder.mkdir()
    printed = subprocess.run(["age-keygen", "-o", str(key)], check=True, capture_output=True, text=True).stderr
    settings = {
        "BACKUPS": str(folder),
        "BACKUP_RECIPIENT": printed.split()[-1],
        "DATABASE_URL": trial.database_url("backup"),
    }
    assert "tables, verified" in trial.script("backup/backup.sh", **settings)
    assert trial.manage("shell", "-v0", "-c", ERASE_MAYA).strip() == "True"
    (folder / "erasures").write_text(trial.script("backup/erasures.sh", **settings))
    (file,) = folder.glob("site-*.tar.age")
    return file, key, folder / "erasures"


@pytest.fixture
def elsewhere(trial, tmp_path):
    """The environment of an empty database and an empty folder."""
    trial.database.ensure_database("restored")
    trial.administer_database("postgres/grants.sh", DATABASE_NAME="restored")
    address = trial.database_url("owner").replace("/site", "/restored")
    return {"DATABASE_URL": address, "PRIVATE_ROOT": str(tmp_path / "private")}


def test_a_backup_is_restored_elsewhere_and_who_was_erased_since_stays_erased(trial, backup, elsewhere, tmp_path):
    file, key, erasures = backup
    assert file.read_bytes().startswith(b"age-encryption.org/")
    assert "verified" in trial.script("backup/restore.sh", str(file), str(key), **elsewhere)
    assert (tmp_path / "private" / "evidence" / "license.pdf").read_bytes() == b"%PDF of a license"
    with pytest.raises(SystemExit, match="not empty"):
        trial.script("backup/restore.sh", str(file), str(key), **elsewhere)
    assert count_named(trial, elsewhere) == "1"
    again = trial.manage("replay_erasures", given=erasures.read_text(), **elsewhere)
    assert again == "1 accounts were erased again, 0 were not in the backup.\n"
    assert count_named(trial, elsewhere) == "0"


def count_named(trial, environment):
    count = 'from accounts.models import User; print(User.objects.filter(email__startswith="maya.rivers").count())'
    return trial.manage("shell", "-v0", "-c", count, **environment).strip()


def test_the_database_is_recovered_to_the_moment_before_a_mistake(trial):
    on_server(
        trial.database,
        "create table notes (note text); insert into notes values ('from before the copy') returning note",
    )
    copy = trial.copy_database("recovered", "-X", "none")
    on_server(trial.database, "insert into notes values ('from after it') returning note")
    moment = on_server(trial.database, "select clock_timestamp()::text")
    on_server(trial.database, "delete from notes returning note")
    file = on_server(trial.database, "select pg_walfile_name(pg_switch_wal())")
    until((trial.archive / file).exists)
    trial.script("postgres/recover.sh", str(copy.data), str(trial.archive), moment)
    copy.start()
    until(lambda: not on_server(copy, "select pg_is_in_recovery()"))
    kept = on_server(copy, "select array_agg(note order by note) from notes")
    copy.stop()
    assert kept == ["from after it", "from before the copy"]
    assert on_server(trial.database, "select count(*) from notes") == 0


def test_nothing_that_was_acknowledged_is_lost_or_doubled_when_postgresql_is_killed(trial):
    people = members(trial, 12)

    def lose_power():
        trial.kill_database()
        time.sleep(3)
        trial.start_database()

    write_all(people, 3, lose_power, "Outage")
    acknowledged = [title for member in people for title in member.acknowledged]
    titles = "PostRevision.objects.filter(title__startswith='Outage ').values_list('title', flat=True)"
    assert len(acknowledged) == 36
    assert sorted(acknowledged) == sorted(ask(trial, f"*{titles}, sep='|'", name="PostRevision").split("|"))
    seen = Counter(status for member in people for status in member.statuses)
    assert seen.keys() == {200, 302, 503}
    alive = "WorkerHeartbeat.objects.recent().count()"
    assert int(ask(trial, alive, "accounts.models", "WorkerHeartbeat")) == len(WORKERS)


@pytest.fixture
def small_disk(trial):
    """A disk of 200 MB with the files in which PostgreSQL writes each change first, mounted over their copy."""
    trial.stop_database()
    disk, copy = trial.database.data / "pg_wal", trial.home / "pg_wal"
    run("cp", "-a", disk, copy)
    if run("mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", disk, check=False).returncode:
        trial.start_database()
        pytest.skip("needs the right to mount a disk")
    run("cp", "-a", f"{copy}/.", disk)
    trial.start_database()
    yield disk
    trial.stop_database()
    run("cp", "-a", f"{disk}/.", copy)
    run("umount", disk)
    shutil.rmtree(disk)
    run("cp", "-a", copy, disk)
    trial.start_database()


def run(*command, check=True):
    return subprocess.run([str(part) for part in command], check=check)


def test_a_full_disk_loses_nothing_and_is_over_once_there_is_space(trial, small_disk):
    people = members(trial, 6, "Patient")

    def fill():
        with contextlib.suppress(OSError), (small_disk / "filler").open("wb") as filler:
            while filler.write(bytes(1_000_000)):
                filler.flush()
        with contextlib.suppress(psycopg2.Error):  # at the first file that finds no space, the server stops
            while True:
                on_server(trial.database, "select pg_switch_wal(), pg_logical_emit_message(true, 'test', 'x')")
        time.sleep(3)
        assert "No space left on device" in trial.database.log.read_text()
        assert ["988" in trial.get(path)[1] for path in ("/guide/faq/", "/help-now/", UNCACHED)] == [True] * 3
        (small_disk / "filler").unlink()
        trial.stop_database()
        trial.start_database()

    write_all(people, 3, fill, "Full disk")
    acknowledged = sorted(title for member in people for title in member.acknowledged)
    titles = "PostRevision.objects.filter(title__startswith='Full disk ').values_list('title', flat=True)"
    assert len(acknowledged) == 18
    assert acknowledged == sorted(ask(trial, f"*{titles}, sep='|'", name="PostRevision").split("|"))
    assert {status for member in people for status in member.statuses} == {200, 302, 503}


@pytest.fixture
def wrong_clocks(trial):
    """One site an hour ahead of the database, the other an hour behind: how a clock that is set looks to what it left."""
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    whole = trial.environment
    for site, hours in zip(SITES, (1, -1), strict=True):
        trial.environment = whole | {"LD_PRELOAD": str(library), "FAKETIME": f"{hours:+}h"}
        trial.replace_site(site)
    trial.environment = whole
    yield [round(seconds_ahead(trial, site) / 600) for site in SITES]
    for site in SITES:
        trial.replace_site(site)


def seconds_ahead(trial, site):
    with urlopen(f"http://127.0.0.1:{trial.ports[site]}/health/live") as answer:
        return parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()


def test_clocks_that_are_wrong_lose_nothing_and_lock_no_one_out(trial, wrong_clocks):
    assert wrong_clocks == [6, -6]  # in ten minutes
    people = members(trial, 6, "Traveler")

    def set_right():
        time.sleep(8)
        trial.replace_site(SITES[0])

    write_all(people, 4, set_right, "Clock")
    acknowledged = sorted(title for member in people for title in member.acknowledged)
    titles = "PostRevision.objects.filter(title__startswith='Clock ').values_list('title', flat=True)"
    assert len(acknowledged) == 24
    assert acknowledged == sorted(ask(trial, f"*{titles}, sep='|'", name="PostRevision").split("|"))
    assert {status for member in people for status in member.statuses} == {200, 302}


def test_without_redis_everyone_reads_and_no_one_tries_passwords(trial):
    (member,) = members(trial, 1)
    for name in ("limits", "pages"):
        trial.stop(name, signal.SIGKILL)
    assert [trial.get(path)[0] for path in ("/", "/guide/faq/", "/help-now/", "/forum/", "/search/?q=sleep")] == [
        200
    ] * 5
    assert member.request("/account/")[0] == 200
    status, page = member.request("/forum/in/starting/new/")
    assert status == 200
    visitor = members(trial, 1)[0]
    visitor.cookies.clear()
    token = dict(re.findall(r'name="(csrfmiddlewaretoken)"\s+value="([^"]*)"', visitor.request("/account/login/")[1]))
    status, page = visitor.request("/account/login/", {**token, "login": "maya@example.org", "password": "x"})
    assert (status, "988" in page) == (503, True)
    assert "limits: no answer" in trial.get("/health/ready", site="site-a")[1]
    for name in ("limits", "pages"):
        trial.start(name)
    assert visitor.request("/account/login/", {**token, "login": "maya@example.org", "password": "x"})[0] == 200


def test_mail_survives_a_server_that_rejects_and_a_worker_that_is_killed(trial):
    before = len(trial.mail.received)
    trial.mail.answer = "451 try later"
    queue = """
from accounts.models import OutboxEmail
for number in range(3):
    OutboxEmail.objects.create(to=f"p{number}@example.org", subject="S", body="B", message_id=f"<{number}@mail.invalid>")
"""
    trial.manage("shell", "-v0", "-c", queue)
    until(lambda: mails(trial, "attempts=1") == 3)
    assert len(trial.mail.received) == before
    trial.mail.answer, trial.mail.pause = "250 OK", 3.0
    now = "OutboxEmail.objects.update(due_at=__import__('django.utils.timezone').utils.timezone.now())"
    assert ask(trial, now, "accounts.models", "OutboxEmail") == "3"
    time.sleep(2)  # into the pause of the first mail
    for name in WORKERS:
        trial.stop(name, signal.SIGKILL)
    trial.mail.pause = 0.0
    for name in WORKERS:
        trial.start(name)
    until(lambda: mails(trial, "") == 0)
    sent = [message["Message-ID"] for message in trial.mail.received[before:]]
    assert set(sent) == {f"<{number}@mail.invalid>" for number in range(3)}
    assert len(sent) <= 4  # the one that was being sent may go out twice, with the same number


def mails(trial, condition):
    return int(ask(trial, f"OutboxEmail.objects.filter({condition}).count()", "accounts.models", "OutboxEmail"))


def until(condition, seconds=90):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return True


def test_a_deployment_under_load_causes_no_error(trial):
    people = members(trial, 6, "Reader")

    def replace_sites():
        for name in SITES:
            trial.replace_site(name)

    write_all(people, 2, replace_sites, "Deployment")
    assert Counter(status for member in people for status in member.statuses) == {200: 12, 302: 12}


def test_visitors_read_a_replica_only_while_it_is_recent(trial):
    replica = trial.start_replica()
    for name in SITES:
        trial.stop(name)
        trial.start(name)
    trial.wait_for("/forum/")
    assert until(lambda: visit(trial) and reads(trial, replica) > 100)

    on_server(replica, "select pg_wal_replay_pause()")
    rename = "Category.objects.filter(slug='starting').update(title='Renamed room')"
    assert ask(trial, rename, name="Category") == "1"
    time.sleep(2.5)
    assert "Renamed room" in trial.get(UNCACHED)[1]
    on_server(replica, "select pg_wal_replay_resume()")
    before = reads(trial, replica)
    assert until(lambda: "Renamed room" in visit(trial) and reads(trial, replica) > before + 100)

    replica.stop()
    time.sleep(2.5)
    assert trial.get("/forum/")[0] == 200


def visit(trial):
    return "".join(trial.get(UNCACHED)[1] for _ in range(5))


def reads(trial, replica):
    """Return how many rows the replica has returned; it reports that about once a second."""
    return int(on_server(replica, "select tup_fetched + tup_returned from pg_stat_database where datname = 'site'"))


def on_server(server, query):
    with contextlib.closing(psycopg2.connect(server.url("site"))) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(query)
        return cursor.fetchone()[0]


def test_without_any_site_the_proxy_shows_help_lines(trial):
    for name in SITES:
        trial.stop(name, signal.SIGKILL)
    status, page = trial.get("/guide/faq/", timeout=40)
    assert (status in {502, 503}, "988" in page, "Back soon" in page) == (True, True, True)
    for name in SITES:
        trial.start(name)
    trial.wait_for("/guide/faq/")
