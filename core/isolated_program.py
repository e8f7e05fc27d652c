"""Run a converter of uploaded files as a separate process, one at a time, so that no file can use up the site's memory."""

import subprocess
import sys
import threading
from pathlib import Path

one_at_a_time = threading.Lock()


class Busy(Exception):
    """Another file is still being converted, and waiting longer would tie up the site's threads."""


def run(
    program: Path, data: bytes, *arguments: str, seconds: float, wait: float
) -> "subprocess.CompletedProcess[bytes]":
    """Run the program with `data` as its input and an empty environment, without access to a database or a key.

    Wait at most `wait` seconds for another file to finish. Raises Busy, and subprocess.TimeoutExpired after `seconds`.
    """
    if not one_at_a_time.acquire(timeout=wait):
        raise Busy
    try:
        command = [sys.executable, "-I", str(program), *arguments]
        return subprocess.run(command, input=data, capture_output=True, timeout=seconds, env={}, check=False)  # noqa: S603
    finally:
        one_at_a_time.release()
