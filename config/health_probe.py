"""Probes for containers. Without Django, so that they start quickly; they use only packages that the site needs.

python -m config.health_probe URL      fail unless the URL answers 200
python -m config.health_probe worker   fail unless the worker WORKER_NAME wrote a heartbeat in the last two minutes
"""

import os
import sys
import urllib.request

import psycopg2

ALIVE = """
    select exists (
        select from accounts_workerheartbeat where name = %s and beat_at > now() - interval '2 minutes'
    )
"""


def answers(url: str) -> bool:
    """Return True, or raise HTTPError, an OSError, for an answer that is an error."""
    urllib.request.urlopen(url, timeout=4).close()  # noqa: S310  the address is in docker-compose.yml
    return True


def worker_is_alive(name: str) -> bool:
    with psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=4) as connection, connection.cursor() as cursor:
        cursor.execute(ALIVE, [name])
        return bool(cursor.fetchone()[0])


def main(target: str) -> int:
    try:
        return 0 if (worker_is_alive(os.environ["WORKER_NAME"]) if target == "worker" else answers(target)) else 1
    except (OSError, psycopg2.Error) as error:
        sys.stderr.write(f"{type(error).__name__}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
