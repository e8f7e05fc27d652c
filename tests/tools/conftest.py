"""A prepared PostgreSQL data folder, so that tests don't run initdb each time."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tools.embedded_postgres import EmbeddedPostgres


@pytest.fixture(scope="session")
def prepare_data():
    """Return a function that gives the server of a home the data of a new server, with its owner and modes."""
    folder = Path(tempfile.mkdtemp(prefix="gn prepared "))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "pg", durable=False).start()
    server.stop()

    def prepare_data(home):
        target = EmbeddedPostgres(home)
        target.home.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", str(server.data), str(target.data)], check=True)

    yield prepare_data
    server.delete()
    shutil.rmtree(folder)
