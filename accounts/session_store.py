"""The session engine (settings.SESSION_ENGINE): adds a user and a device to Django's session table."""

import json
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

DEVICE_KEY, START_KEY = "device", "started_at"
WAITING_KEY = "account_reauthentication_state"  # allauth stores a request here until its sender has reauthenticated
# The parts of a request stored during reauthentication that are needed to answer it. No address, cookie or user agent.
KEPT_HEADERS = {"REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT", "HTTP_HOST", "CONTENT_TYPE", "PATH_INFO", "SCRIPT_NAME"}


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> Any:
        """Look the model up by name, since its module imports this one."""
        return apps.get_model("accounts", "Session")

    def encode(self, session_dict: dict[str, Any]) -> str:
        return super().encode(_without_sender(session_dict))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        session: Any = super().create_model_instance(data)  # a Session, although the base class does not know it
        session.user_id = data.get(SESSION_KEY)
        session.device = data.get(DEVICE_KEY, "")
        session.started_at = datetime.fromisoformat(data[START_KEY]) if START_KEY in data else None
        return session


def _without_sender(data: dict[str, Any]) -> dict[str, Any]:
    """Strip the address, cookies and user agent from a request that allauth stores, to keep them out of the database."""
    waiting = data.get(WAITING_KEY)
    if not waiting or "request" not in waiting:
        return data
    request = json.loads(waiting["request"])
    request["META"] = {name: value for name, value in request["META"].items() if name in KEPT_HEADERS}
    return {**data, WAITING_KEY: {**waiting, "request": json.dumps(request)}}


def label(session: Any, user_agent: str) -> None:
    """Store the start time and kind of device in the session; the full user agent is not stored."""
    session[DEVICE_KEY] = device(user_agent)
    session[START_KEY] = timezone.now().isoformat()


BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
            ("SamsungBrowser", "Samsung Internet"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")]  # fmt: skip
SYSTEMS = [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "Chromebook"),
           ("Mac OS", "Mac"), ("Linux", "Linux")]  # fmt: skip


def device(user_agent: str) -> str:
    """Return a coarse name such as “Firefox on Android”: enough to recognize one's own device, too little to track it."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "an unknown device")
    return f"{browser} on {system}"
