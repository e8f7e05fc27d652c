"""One POST of JSON to the address that the operator set, if they set one. No member's words or name; it fails quietly."""

import http.client
import json
import logging
import ssl
from urllib.parse import urlsplit

from django.conf import settings

log = logging.getLogger(__name__)
TAKEN = range(200, 300)
TIMEOUT = 5.0  # seconds for each step
WAYS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


def call(message: dict[str, object]) -> bool:
    """Whether it was taken (2xx). Follows no redirection, reads no answer; what goes wrong is logged without the address."""
    if not settings.FORUM_ALARM_WEBHOOK:
        return False
    try:
        status = _post(settings.FORUM_ALARM_WEBHOOK, json.dumps(message).encode())
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        log.warning("the alarm's webhook cannot be reached (%s)", type(error).__name__)
        return False
    if status not in TAKEN:
        log.warning("the alarm's webhook answered %s", status)
        return False
    return True


def _post(url: str, body: bytes) -> int:
    parts = urlsplit(url)
    extra = {"context": ssl.create_default_context()} if parts.scheme == "https" else {}
    connection = WAYS[parts.scheme](parts.hostname or "", parts.port, timeout=TIMEOUT, **extra)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json", "Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()
