"""What a worker refuses at once with "Back soon" and help lines: readers of a crowd, and health checks before it stops.

Of a crowd only reading is refused, and never help, logging in or moderators' pages: what someone has written is always taken.
"""

import re
from functools import cache
from pathlib import Path

MAX_IN_PROGRESS = 60  # requests of one worker, computed or waiting for a thread: about two seconds of work
ESSENTIAL = (
    *("/help-now/", "/guide/overdose/", "/card/", "/forum/help-card/", "/account/"),
    *("/forum/review/", "/forum/moderation/", "/static/", "/health/"),
)
PAGE = Path(__file__).resolve().parents[1] / "templates" / "503.html"
MAY_BE_REFUSED = re.compile(rb"(?:GET|HEAD) (?!" + "|".join(map(re.escape, ESSENTIAL)).encode() + rb")")
HEALTH_CHECK = re.compile(rb"GET /health/(?:live|ready)[ ?]")


def is_health_check(request: bytes | bytearray) -> bool:
    return HEALTH_CHECK.match(request) is not None


def may_be_refused(request: bytes | bytearray) -> bool:
    return MAY_BE_REFUSED.match(request) is not None


@cache
def busy_response() -> bytes:
    """Return the response to a refused request: the page that the proxy shows while no site answers."""
    page = PAGE.read_bytes()
    head = (
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n"
        f"Retry-After: 30\r\nConnection: close\r\nContent-Length: {len(page)}\r\n\r\n"
    )
    return head.encode() + page
