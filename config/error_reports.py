"""Reports of errors to a Sentry or GlitchTip server, if the owner runs one: the kind of an error and its place, no more.

A report is built from a list of what may be in it. The message of an error, values, the address of a page, headers, cookies
and the person aren't: each could hold what someone wrote, or say who reads this site.
"""

import logging
from typing import Any, cast

import sentry_sdk
from sentry_sdk.integrations.logging import EventHandler
from sentry_sdk.types import Event, Hint

from config.json_log import JsonFormatter, request_id

KEPT = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment")
KEPT_OF_FRAME = ("module", "function", "filename", "lineno", "in_app")


def start(address: str) -> None:
    """Report what is logged as an error to `address`, a Sentry DSN. Without one, report nothing."""
    if not address:
        return
    sentry_sdk.init(
        address,
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        max_breadcrumbs=0,
        server_name="site",
        before_send=without_persons,
    )
    logging.getLogger().addHandler(EventHandler(level=logging.ERROR))


def without_persons(event: Event, hint: Hint) -> Event:
    """Return a new event with nothing but the kind, the place and the request's number of an error."""
    found: dict[str, Any] = dict(event)
    record = hint.get("log_record")
    errors = found.get("exception", {}).get("values", [])
    report: dict[str, Any] = {name: found[name] for name in KEPT if name in found}
    report["message"] = JsonFormatter().message(record) if record else ""
    report["tags"] = {"request": request_id.get()}
    report["exception"] = {"values": [_kind_and_place(error) for error in errors]}
    return cast(Event, report)


def _kind_and_place(error: dict[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames", [])
    kept = [{name: frame[name] for name in KEPT_OF_FRAME if name in frame} for frame in frames]
    return {"type": error.get("type"), "module": error.get("module"), "stacktrace": {"frames": kept}}
