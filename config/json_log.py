"""JSON log lines with a request's ID and nothing about the person who made it.

A line names the view, not the path, which may contain a name, and an error's type and place, not its message, which may
contain what someone wrote. Imports no app, since logging is set up before them.
"""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

request_id: ContextVar[str] = ContextVar("request_id", default="")


def view_name(request: HttpRequest) -> str:
    """Return the name of the view, “cached” for a page from the cache, or “unmatched” if no view was found."""
    match = request.resolver_match
    if match is None and getattr(request, "from_cache", False):
        return "cached"
    return (match.view_name or match.route or "unnamed") if match else "unmatched"


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.message(record),
        }
        if number := request_id.get():
            line["request"] = number
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in _frames(record)]
        return json.dumps(line)

    def message(self, record: logging.LogRecord) -> str:
        """Return the message, or for Django's messages about a request only its status and view."""
        if record.name.startswith("django."):
            request = getattr(record, "request", None)
            return f"{getattr(record, 'status_code', '')} {view_name(request) if request else record.name}".strip()
        return record.getMessage()


def _frames(record: logging.LogRecord) -> traceback.StackSummary:
    return traceback.extract_tb(record.exc_info[2] if record.exc_info else None)
