"""Webhook for alarms: POST JSON to the operator's address, if set. Failures are logged, not raised."""

import http.client
import json
import logging
import ssl
from urllib.parse import urlsplit

from django.conf import settings

log = logging.getLogger(__name__)
SUCCESS = range(200, 300)
TIMEOUT = 5.0  # seconds for each step
CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


def call(message: dict[str, object]) -> bool:
    """Send a message; return whether the answer was 2xx. Does not follow redirects, and does not log the (secret) address."""
    if not settings.FORUM_ALARM_WEBHOOK:
        return False
    try:
        status = _post(settings.FORUM_ALARM_WEBHOOK, json.dumps(message).encode())
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        log.warning("the alarm's webhook cannot be reached (%s)", type(error).__name__)
        return False
    if status not in SUCCESS:
        log.warning("the alarm's webhook answered %s", status)
        return False
    return True


def _post(url: str, body: bytes) -> int:
    parts = urlsplit(url)
    extra = {"context": ssl.create_default_context()} if parts.scheme == "https" else {}
    connection = CONNECTIONS[parts.scheme](parts.hostname or "", parts.port, timeout=TIMEOUT, **extra)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json", "Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()
