"""How CPU time grows: ratios, which hold on any machine, instead of seconds.

The lowest of several ratios counts, since other processes only add to it.
"""

import time

import pytest

TRIES = 6
LEAST = 0.001  # seconds: shorter times are mostly noise


def cpu_seconds(act, *arguments):
    start = time.process_time()
    act(*arguments)
    return max(time.process_time() - start, LEAST)


def assert_cheap(act, text, *, ordinary, limit):
    """Assert that `act` takes at most `limit` times as long with `text` as with `ordinary`."""
    base, ratios = cpu_seconds(act, ordinary), []
    for _ in range(TRIES):
        ratios.append(cpu_seconds(act, text) / base)
        if ratios[-1] < limit:
            return
        base = cpu_seconds(act, ordinary)
    pytest.fail(f"{text[:40]!r} takes {min(ratios):.0f} times as long as {ordinary[:40]!r}")


def assert_growth(act, text, *, power=1):
    """Assert that the time of `act` grows with the length of the text, or with its square if `power` is 2."""
    short = text[: len(text) // 4]
    act(short)  # what is prepared once
    assert_cheap(act, text, ordinary=short, limit=2.5 * 4**power)
