"""pytest plugin: one throw-away PostgreSQL for the whole run and all its workers, before Django reads its settings."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from config.embedded_postgres import EmbeddedPostgres

if not os.environ.get("DATABASE_URL") and not os.environ.get("PYTEST_XDIST_WORKER"):
    memory = "/dev/shm"  # noqa: S108
    folder = Path(tempfile.mkdtemp(prefix="gntest", dir=memory if os.access(memory, os.W_OK) else None))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "pg", durable=False).start()
    server.ensure_database("app")
    os.environ["DATABASE_URL"] = server.url("app")

    @atexit.register
    def stop() -> None:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
