"""Real servers, real signals: what is started is gone again, whatever ends it."""

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

from config.embedded_postgres import EmbeddedPostgres

SUPERVISOR = """
import sys
from pathlib import Path
from config import devserver
devserver.HOME = Path(sys.argv[1])
import signal
for n in (signal.SIGINT, signal.SIGTERM): signal.signal(n, devserver._leave)
with devserver.database(devserver.HOME) as server:
    print("up", server.process.pid if server.process else 0, flush=True)
    sys.exit(devserver.supervise([["sleep", "977"], ["sleep", "978"]], server))
"""


@pytest.fixture
def home():
    folder = Path(tempfile.mkdtemp(prefix="gn test ", dir="/dev/shm"))
    folder.chmod(0o755)
    yield folder / "pg"
    shutil.rmtree(folder, ignore_errors=True)


def supervisor(root, home):
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"PYTHONPATH": str(root)}
    child = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(home)], env=environment, stdout=subprocess.PIPE, text=True, cwd=root
    )
    return child, int(child.stdout.readline().split()[1])


def gone(pid):
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_it_ends_nothing_is_left(root, home, number):
    child, server = supervisor(root, home)
    children = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
    child.send_signal(number)
    child.wait(20)
    assert [pid for pid in [server, *map(int, children)] if not gone(pid)] == []


def test_data_outlives_a_kill_and_a_stale_pid_file(home):
    first = EmbeddedPostgres(home).start()
    first.ensure_database("kept")
    first.process.kill()
    first.stop()
    (first.data / "postmaster.pid").write_text(f"{os.getpid()}\n")  # now it names a living process that is not ours
    second = EmbeddedPostgres(home).start()
    try:
        with second._connect() as connection, connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_database where datname = 'kept'")
            assert cursor.fetchone() == (1,)
    finally:
        second.stop()


def test_a_second_process_shares_the_server(root, home):
    owner = EmbeddedPostgres(home, durable=False).start()
    try:
        child, server = supervisor(root, home)
        assert server == 0
        child.send_signal(signal.SIGTERM)
        child.wait(20)
        assert owner.is_up()
    finally:
        owner.stop()


def test_sharers_stop_with_a_word_when_the_owner_ends(root, home):
    owner = EmbeddedPostgres(home, durable=False).start()
    child, _ = supervisor(root, home)
    owner.stop()
    assert child.wait(20) == 1


def test_a_long_path_gets_a_short_socket(home):
    server = EmbeddedPostgres(home / ("x" * 90), durable=False).start()
    try:
        assert server.is_up()
        assert len(str(server.socket_folder)) < 80
    finally:
        server.stop()


def test_a_port_in_use_says_what_to_do(root):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "-m", "config.devserver"]
        done = subprocess.run(
            command, env=os.environ | {"BIND": bind}, cwd=root, capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert f"Cannot serve at {bind}" in done.stderr
    assert "BIND=" in done.stderr
