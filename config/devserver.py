"""`make run`: the database, the site and the worker under one supervisor that leaves nothing behind.

python -m config.devserver                 everything, until Ctrl-C
python -m config.devserver manage ARGS…    one manage.py command with the same database
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from config.embedded_postgres import EmbeddedPostgres, die_with_parent

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".local" / "pg"
DATABASE = "getnaltrexone"
Command = Sequence[str]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


@contextlib.contextmanager
def database(home: Path) -> Iterator[EmbeddedPostgres | None]:
    """The embedded server for the length of the block, unless DATABASE_URL names another."""
    if os.environ.get("DATABASE_URL"):
        yield None
        return
    server = EmbeddedPostgres(home)
    try:
        server.start()
        server.ensure_database(DATABASE)
        os.environ["DATABASE_URL"] = server.url(DATABASE)
        yield server
    finally:
        server.stop()


def prepare(commands: Sequence[Command]) -> None:
    """Run these one after the other; the first that fails ends everything with its code."""
    for command in commands:
        code = subprocess.run(command, check=False).returncode  # noqa: S603
        if code:
            raise SystemExit(code)


def supervise(commands: Sequence[Command], server: EmbeddedPostgres | None, address: str = "") -> int:
    """Run these side by side until one ends or we are told to stop; then stop the others. Returns the code."""
    children = [_spawn(command) for command in commands]
    try:
        if address:
            _announce(address, children)
        while all(child.poll() is None for child in children):
            if server and not server.process and not server.is_up():
                print("The database belonged to another `make run` that has ended. Start again.", file=sys.stderr)
                return 1
            time.sleep(0.3)
        return next(child.returncode for child in children if child.poll() is not None)
    finally:
        _stop(children)


def _spawn(command: Command) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, start_new_session=True, preexec_fn=partial(die_with_parent, os.getpid()))  # noqa: PLW1509, S603


def _announce(address: str, children: Sequence[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and all(child.poll() is None for child in children):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/health/live", timeout=2):  # noqa: S310
            print(
                f"\n  The site:   {address}/\n  The admin:  {address}/admin/\n  Ctrl-C stops everything.\n", flush=True
            )
            return
        time.sleep(0.1)


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask each child's whole group to end, then make it."""
    for number in (signal.SIGINT, signal.SIGKILL):
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, number)
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(10)


def _leave(number: int, _frame: object) -> NoReturn:
    raise SystemExit(0 if number == signal.SIGINT else 128 + number)


def _check_port(bind: str) -> None:
    host, _, port = bind.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host or "127.0.0.1", int(port)))
        except (OSError, ValueError) as error:
            raise SystemExit(
                f"Cannot serve at {bind} ({error}); choose another, e.g. BIND=127.0.0.1:8001 make run."
            ) from None


def run(bind: str) -> int:
    _check_port(bind)
    with database(HOME) as server:
        print("Demonstration logins:", flush=True)
        prepare([manage("migrate", "-v0"), manage("load_guide", "-v0"), manage("demo_accounts")])
        return supervise([manage("runserver", "--nostatic", bind), manage("worker")], server, f"http://{bind}")


def main(arguments: Sequence[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    os.chdir(ROOT)
    if arguments[:1] == ["manage"]:
        with database(HOME):
            return subprocess.run(manage(*arguments[1:]), check=False).returncode  # noqa: S603
    return run(os.environ.get("BIND", "127.0.0.1:8000"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
