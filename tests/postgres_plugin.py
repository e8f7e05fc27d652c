"""pytest plugin: one throw-away PostgreSQL for the whole run and all its workers, before Django reads its settings.

With DATABASE_URL set there is nothing to do; pytest-xdist's workers find it set by the process that started them.
The next run starts from a copy of the server's files, which have the migrated template, until a migration changes.
"""

import contextlib
import gc
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg2
import pytest

from tests.template_database import NAME, schema_key
from tools.embedded_postgres import EmbeddedPostgres

MEMORY = Path("/dev/shm")  # noqa: S108
ENOUGH = 1_000_000_000  # bytes; Docker gives 64 MB, on which the databases of a few workers do not fit
PREFIX = "getnaltrexone-test-"
SEEDS = Path(__file__).resolve().parents[1] / ".local" / "test-seeds"


@pytest.hookimpl(wrapper=True)  # a wrapper begins before pytest-django's own hook
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    if not os.environ.get("DATABASE_URL"):
        run = ExitStack()
        os.environ["DATABASE_URL"] = run.enter_context(throw_away_database(SEEDS / schema_key()))
        run.callback(os.environ.pop, "DATABASE_URL")
        early_config.add_cleanup(run.close)
    return (yield)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what stays until the end: modules, models and tests are a tenth of the run's CPU time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@contextmanager
def throw_away_database(seed: Path | None = None) -> Iterator[str]:
    """Yield the URL of a database that exists during the block.

    With `seed`, start from a copy of that folder if it exists, or else leave a copy of the server's files there.
    """
    base = _base()
    _sweep(base)
    home = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    server = EmbeddedPostgres(home, durable=False)
    try:
        if seed and seed.exists():
            server.home.mkdir(parents=True, exist_ok=True)
            _copy(seed, server.data)
        server.start().ensure_database("app")
        yield server.url("app")
        worth_leaving = seed and not seed.exists() and _has_template(server)
        server.stop()
        if seed and worth_leaving:
            _leave(server.data, seed)
    finally:
        server.stop()
        server.delete()  # as root it may lie elsewhere than in `home`
        shutil.rmtree(home, ignore_errors=True)


def _copy(source: Path, to: Path) -> None:
    subprocess.run(["cp", "-a", str(source), str(to)], check=True)  # keeps the owner: root's server is another user's


def _has_template(server: EmbeddedPostgres) -> bool:
    """Return whether a test needed the database, which a run that only collects tests does not."""
    with contextlib.closing(psycopg2.connect(server.url("postgres"))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        return cursor.fetchone() is not None


def _leave(data: Path, seed: Path) -> None:
    """Copy the files of a stopped server, and drop older seeds. A copy that was interrupted is not found later."""
    shutil.rmtree(seed.parent, ignore_errors=True)
    seed.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=seed.parent) as folder, contextlib.suppress(OSError):
        _copy(data, Path(folder) / "data")
        (Path(folder) / "data").rename(seed)  # fails if another run left one at the same moment


def _base() -> Path:
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
        return MEMORY
    return Path(tempfile.gettempdir())


def _sweep(base: Path) -> None:
    """Delete files left by killed runs, which use up memory."""
    for home in base.glob(f"{PREFIX}*"):
        if home.stat().st_uid == os.geteuid() and time.time() - home.stat().st_mtime > 60:
            try:
                EmbeddedPostgres(home).delete()
            except (SystemExit, OSError):
                continue  # in use, or swept by another run just now
