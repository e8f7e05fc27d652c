"""Run a converter of uploaded files as a process of its own, one at a time, so that no file can take the site's memory."""

import subprocess
import sys
import threading
from pathlib import Path

one_at_a_time = threading.Lock()


class Busy(Exception):
    """Another file was converted all the while; waiting longer would take the site's threads."""


def run(
    program: Path, data: bytes, *arguments: str, seconds: float, wait: float
) -> "subprocess.CompletedProcess[bytes]":
    """Run the program with `data` as its input and an empty environment, so that it can reach no database and no key.

    Wait at most `wait` seconds for another file. Raises Busy, and subprocess.TimeoutExpired after `seconds`.
    """
    if not one_at_a_time.acquire(timeout=wait):
        raise Busy
    try:
        command = [sys.executable, "-I", str(program), *arguments]
        return subprocess.run(command, input=data, capture_output=True, timeout=seconds, env={}, check=False)  # noqa: S603
    finally:
        one_at_a_time.release()
