"""`make run`: supervise the database, the site and the worker, and stop them all together.

python -m tools.devserver                 run everything until Ctrl-C
python -m tools.devserver manage ARGS…    run one manage.py command with the same database
"""

import contextlib
import fcntl
import http.client
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from tools.embedded_postgres import EmbeddedPostgres, die_with_parent

ROOT = Path(__file__).resolve().parents[1]
LOCAL = ROOT / ".local"
DATABASE = "getnaltrexone"
FONTS = ["fonts/guide-sans.woff2", "fonts/guide-serif.woff2"]
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TICK = 0.05  # seconds between checks of the children
Command = Sequence[str]
PORTS = range(1, 2**16)
Address = tuple[str, int]
Child = subprocess.Popen[bytes]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


@contextlib.contextmanager
def database(home: Path) -> Iterator[EmbeddedPostgres | None]:
    """Run the embedded server during the block, unless DATABASE_URL is set."""
    if os.environ.get("DATABASE_URL"):
        yield None
        return
    server = EmbeddedPostgres(home).start()
    try:
        server.ensure_database(DATABASE)
        os.environ["DATABASE_URL"] = server.url(DATABASE)
        yield server
    finally:
        with signals_blocked():
            server.stop()


@contextlib.contextmanager
def signals_blocked() -> Iterator[None]:
    """Defer stop signals to the end of the block."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def prepare(commands: Sequence[Command], server: EmbeddedPostgres | None = None) -> None:
    """Run the commands in order. Raises SystemExit with the exit code of the first that fails.

    A lock makes two `make run` take turns, since `migrate` and `load_guide` can't run concurrently.
    """
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for command in commands:
            code = supervise([command], server)
            if code:
                raise SystemExit(code)


def supervise(commands: Sequence[Command], server: EmbeddedPostgres | None = None, site: Address | None = None) -> int:
    """Run the commands concurrently until one of them or the database ends, or a stop signal arrives; then stop all.

    Return the exit code of the first to end. Print the site's URL as soon as it responds.
    """
    children: list[Child] = []
    try:
        for command in commands:
            with signals_blocked():  # a started child must be in the list
                children.append(_spawn(command))
        while True:
            ended = [child for child in children if child.poll() is not None]
            if server and server.has_ended():  # check after the children, which may have ended because of it
                return _report_lost_database(server)
            if ended:
                return _report_end(ended[0], alone=len(children) == 1)
            if site and _answers(site):
                _announce(site)
                site = None
            time.sleep(TICK)
    finally:
        with signals_blocked():
            _stop(children)


def run_one(command: Command) -> int:
    """Run one command on our terminal, since it may prompt for a password. Return its exit code."""
    child = subprocess.Popen(command, preexec_fn=die_with_parent())
    if os.isatty(0):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the child also gets the terminal's Ctrl-C and handles it
    try:
        return _code(child.wait())
    finally:
        with signals_blocked():
            child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(10)
            child.kill()


def _spawn(command: Command) -> Child:
    return subprocess.Popen(command, start_new_session=True, preexec_fn=die_with_parent())


def _stop(children: Sequence[Child]) -> None:
    """Interrupt, then kill, each child's process group, as the reloader has a child of its own."""
    for number in (signal.SIGINT, signal.SIGKILL):
        for child in children:
            with contextlib.suppress(
                ProcessLookupError, PermissionError
            ):  # macOS raises PermissionError for a group of zombies
                os.killpg(child.pid, number)
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(10)


def _code(returncode: int) -> int:
    """Return the exit code as a shell does: 128 + n for a process ended by signal n."""
    return returncode if returncode >= 0 else 128 - returncode


def _report_end(child: Child, *, alone: bool) -> int:
    code = _code(child.returncode)
    if code or not alone:
        command = child.args if isinstance(child.args, list) else [str(child.args)]
        print(f"`{shlex.join(command[1:])}` ended with code {code}, so everything is stopped.", file=sys.stderr)
    return code


def _report_lost_database(server: EmbeddedPostgres) -> int:
    if server.process:
        print(f"PostgreSQL has ended, so everything is stopped; see {server.log}.", file=sys.stderr)
    else:
        print("The database belonged to another `make run`, which has ended: start this one again.", file=sys.stderr)
    return 1


def _answers(site: Address) -> bool:
    """Return whether an HTTP server responds there, even with an error. Ignore proxies."""
    connection = http.client.HTTPConnection(_reachable(site[0]).strip("[]"), site[1], timeout=2)
    try:
        connection.request("GET", "/health/live")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _announce(site: Address) -> None:
    url = f"http://{_reachable(site[0])}:{site[1]}"
    print(f"\n  The site:   {url}/\n  The admin:  {url}/admin/\n  Ctrl-C stops everything.\n", flush=True)


def _reachable(host: str) -> str:
    """Return the host at which a local browser reaches a server that listens on all interfaces."""
    return {"0.0.0.0": "127.0.0.1", "[::]": "[::1]", "0": "127.0.0.1"}.get(host, host)  # noqa: S104


def parse_bind(bind: str) -> Address:
    """Parse HOST:PORT, :PORT or PORT. Raises SystemExit for anything else."""
    host, _, port = bind.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) in PORTS):
        raise SystemExit(f"BIND is {bind!r}, but should be like 127.0.0.1:8000.")
    return host or "127.0.0.1", int(port)


def check_free(site: Address) -> None:
    """Raise SystemExit if the port can't be used, before anything is started."""
    host, port = site
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host.strip("[]"), port))
    except OSError as error:
        reason = error.strerror or error
        raise SystemExit(f"Cannot serve at {host}:{port} ({reason}): try BIND=127.0.0.1:{port + 1} make run.") from None


def _exit_on_signal(number: int, _frame: object) -> NoReturn:
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # a second Ctrl-C must not interrupt the shutdown
    raise SystemExit(0 if number == signal.SIGINT else 128 + number)


def run(bind: str) -> int:
    host, port = site = parse_bind(bind)
    check_free(site)
    with database(LOCAL / "pg") as server:
        print("Demonstration logins:", flush=True)
        prepare(
            [
                manage("migrate", "-v0"),
                manage("load_guide", "-v0"),
                manage("load_triage", "-v0"),
                manage("demo_accounts"),
                manage("demo_guide"),
                manage("demo_forum"),
                manage("findstatic", "-v0", *FONTS),  # made once, before a browser waits for them
            ],
            server,
        )
        return supervise([manage("runserver", "--nostatic", f"{host}:{port}"), manage("worker")], server, site)


def main(arguments: Sequence[str]) -> int:
    for number in STOP_SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # keep ignoring SIGHUP under nohup
            signal.signal(number, _exit_on_signal)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    os.chdir(ROOT)
    if arguments[:1] == ["manage"]:
        with database(LOCAL / "pg"):
            return run_one(manage(*arguments[1:]))
    return run(os.environ.get("BIND") or "127.0.0.1:8000")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
