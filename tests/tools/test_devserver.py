"""The supervisor with a fake manage.py, in a folder with a space. Tests end only processes they started."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tools.devserver import parse_bind
from tools.embedded_postgres import EmbeddedPostgres
from tools.production_trial import free_port

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.system
STAND_IN = """
import os, sys

def rows(query):
    import psycopg2
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(query)
    return cursor.fetchall() if cursor.description else []

command, rest = sys.argv[1], sys.argv[2:]
if command == "migrate":
    rows("create table if not exists kept (n int)")
elif command == "load_guide":
    rows("insert into kept values (1)")
elif command == "demo_accounts":
    print("  admin@example.org", os.environ["DJANGO_SETTINGS_MODULE"])
elif command == "runserver" and "--child" not in rest:  # the reloader has a child of its own
    import subprocess
    sys.exit(subprocess.run([sys.executable, *sys.argv, "--child"]).returncode)
elif command == "runserver":
    import http.server
    host, port = rest[-2].split(":")
    http.server.ThreadingHTTPServer((host, int(port)), http.server.SimpleHTTPRequestHandler).serve_forever()
elif command == "worker":
    import time
    while not os.path.exists("end-the-worker"):
        time.sleep(0.05)
    sys.exit(7)
elif command == "count":
    print(rows("select count(*) from kept")[0][0], *rest)
elif command == "url":
    print(os.environ["DATABASE_URL"])
elif command == "exit":
    sys.exit(int(rest[0]))
elif command == "sleep":
    import time
    print("asleep", flush=True)
    time.sleep(60)
"""


def heed_hangups():
    """Reset SIGHUP, which nohup ignores, so that tests behave the same under it."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Site:
    """A copy of the supervisor with the fake manage.py, and the processes started with it."""

    def __init__(self, folder):
        self.folder, self.started, self.outputs = folder, [], []
        shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "manage.py").write_text(STAND_IN)
        self.environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
        self.environment["PYTHONPATH"] = str(folder)

    def start(self, *arguments, **environment):
        output = tempfile.TemporaryFile("w+")  # noqa: SIM115  read() closes none; the test's end does
        child = subprocess.Popen(
            [sys.executable, "-m", "tools.devserver", *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            preexec_fn=heed_hangups,  # noqa: PLW1509  no thread of ours holds a lock
            stdout=output,
            stderr=output,
        )
        child.output = output
        self.started.append(child)
        return child

    def up(self, **environment):
        bind = environment.setdefault("BIND", f"127.0.0.1:{free_port()}")
        child = self.start(**environment)
        wait_for(child, f"http://{bind}/admin/")
        return child

    def manage(self, *arguments, **environment):
        child = self.start("manage", *arguments, **environment)
        return child.wait(20), read(child)


@pytest.fixture
def empty_site():
    """A site that was never started."""
    folder = Path(tempfile.mkdtemp(prefix="gn site "))
    folder.chmod(0o755)
    site = Site(folder)
    yield site
    for child in site.started:
        if child.poll() is None:
            child.terminate()
            child.wait(20)
        child.output.close()
    EmbeddedPostgres(folder / ".local" / "pg").delete()
    shutil.rmtree(folder)


@pytest.fixture
def site(empty_site, prepare_data):
    prepare_data(empty_site.folder / ".local" / "pg")
    return empty_site


def read(child):
    child.output.seek(0)
    return child.output.read()


def wait_for(child, text, seconds=20):
    deadline = time.monotonic() + seconds
    while text not in read(child):
        assert child.poll() is None and time.monotonic() < deadline, read(child)
        time.sleep(0.02)


def family(pid):
    """Return the process and its descendants as (pid, start time), since pids are reused."""
    children = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.append((int(path.parent.name), int(fields[1]), fields[19]))
    found = [(one, start) for one, _, start in children if one == pid]
    for one, _ in found:
        found += [(child, start) for child, parent, start in children if parent == one]
    return found


def alive(processes, seconds=8):
    """Return the pids still running after `seconds`; zombies don't count."""
    deadline = time.monotonic() + seconds
    while True:
        left = [pid for pid, start in processes if running_since(pid) == start]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)


def running_since(pid):
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@needs_proc
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -9)]
)
def test_no_process_is_left_and_no_row_is_lost_after_any_signal(site, number, code):
    child = site.up()
    processes = family(child.pid)
    assert len(processes) >= 5  # us, PostgreSQL and its own, runserver, its reloaded self, the worker
    child.send_signal(number)
    assert child.wait(15) == code
    assert alive(processes) == []
    assert site.manage("count", "row") == (0, "1 row\n")


@needs_proc
def test_two_interrupts_are_no_worse_than_one(site):
    child = site.up()
    processes = family(child.pid)
    for _ in range(5):
        child.send_signal(signal.SIGINT)
        time.sleep(0.01)
    assert child.wait(15) == 0
    assert alive(processes, seconds=0) == []


@needs_proc
@pytest.mark.parametrize("seconds", [0.15, 0.3, 0.5])
def test_killed_while_it_starts_it_starts_again(empty_site, seconds):
    child = empty_site.start(BIND=f"127.0.0.1:{free_port()}")
    time.sleep(seconds)
    processes = family(child.pid)
    child.kill()
    child.wait()
    assert empty_site.manage("migrate") == (0, "")
    assert alive(processes) == []


def test_the_logins_are_printed_before_the_address_and_the_settings_are_for_development(site):
    text = read(site.up())
    assert text.index("admin@example.org config.settings.dev") < text.index("The site:") < text.index("The admin:")


def test_a_proxy_in_the_environment_is_ignored(site):
    site.up(http_proxy="http://127.0.0.1:9", HTTP_PROXY="http://127.0.0.1:9")


@needs_proc
def test_the_end_of_a_child_stops_all_with_its_code(site):
    child = site.up()
    processes = family(child.pid)
    (site.folder / "end-the-worker").touch()
    assert child.wait(15) == 7
    assert "worker` ended with code 7" in read(child)
    assert alive(processes) == []


def test_a_preparation_that_fails_stops_all_with_its_code(site):
    (site.folder / "manage.py").write_text("raise SystemExit(5)")
    child = site.start(BIND=f"127.0.0.1:{free_port()}")
    assert child.wait(15) == 5
    assert "migrate -v0` ended with code 5" in read(child)


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_second_one_shares_and_says_so_when_the_first_has_ended(site, number):
    first, second = site.up(), site.up()
    processes = family(second.pid)
    assert first.poll() is None
    first.send_signal(number)
    assert second.wait(15) == 1
    assert "belonged to another `make run`, which has ended" in read(second)
    assert alive(processes) == []


def test_the_end_of_a_sharer_leaves_the_first_alone(site):
    first, second = site.up(), site.up()
    second.send_signal(signal.SIGINT)
    assert second.wait(15) == 0
    assert site.manage("count") == (0, "2\n")  # shared, too
    assert first.poll() is None


def test_a_database_url_is_used_and_no_server_started(empty_site):
    assert empty_site.manage("url", DATABASE_URL="postgres://elsewhere/x") == (0, "postgres://elsewhere/x\n")
    assert not (empty_site.folder / ".local" / "pg").exists()


def test_a_port_in_use_is_said_in_one_sentence_before_anything_starts(empty_site):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        child = empty_site.start(BIND=f"127.0.0.1:{port}")
        assert child.wait(15) == 1
    text = f"Cannot serve at 127.0.0.1:{port} (Address already in use): try BIND=127.0.0.1:{port + 1} make run.\n"
    assert read(child) == text
    assert not (empty_site.folder / ".local").exists()


@pytest.mark.parametrize(
    ("bind", "address"),
    [
        ("127.0.0.1:8000", ("127.0.0.1", 8000)),
        ("8001", ("127.0.0.1", 8001)),
        (":8001", ("127.0.0.1", 8001)),
        ("[::1]:8000", ("[::1]", 8000)),
    ],
)
def test_valid_bind_addresses(bind, address):
    assert parse_bind(bind) == address


@pytest.mark.parametrize("bind", ["", "localhost", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "a:²"])
def test_invalid_bind_addresses(bind):
    with pytest.raises(SystemExit, match=r"should be like 127\.0\.0\.1:8000"):
        parse_bind(bind)


def test_manage_returns_the_commands_own_code(site):
    assert site.manage("exit", "3")[0] == 3


@needs_proc
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_managed_command_ends_with_its_supervisor(site, number, code):
    child = site.start("manage", "sleep")
    wait_for(child, "asleep")
    processes = family(child.pid)
    child.send_signal(number)
    assert child.wait(15) == code
    assert alive(processes) == []
