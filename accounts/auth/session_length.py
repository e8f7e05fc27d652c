"""How long a login lasts: until the browser closes, or 30 days if its owner chose that; for staff at most half a day."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.permissions import needs_second_factor
from accounts.session_store import START_KEY

REMEMBERED = timedelta(days=30)
STAFF_MAX_AGE = timedelta(hours=12)
STAFF_MAX_IDLE = timedelta(minutes=30)
ACTIVE_KEY, REMEMBER_KEY = "active_at", "remember"
PRECISION = timedelta(minutes=1)  # of ACTIVE_KEY, so that not every request writes the session


def store_choice(request: HttpRequest) -> None:
    """Store whether the first step of a login asked to be remembered. Later steps, which send a code, don't ask again.

    The forms call this, and the adapter for passkeys.
    """
    if "code" not in request.POST:
        request.session[REMEMBER_KEY] = request.POST.get("remember") == "on"


def set_length(session: SessionBase, user: User) -> None:
    """Set when the session's cookie expires: as the user chose, by default when the browser closes."""
    longest = STAFF_MAX_AGE if needs_second_factor(user) else REMEMBERED
    session.set_expiry(int(longest.total_seconds()) if session.get(REMEMBER_KEY) else 0)


def has_staff_session_ended(session: SessionBase) -> bool:
    """Return whether the login was more than 12 hours ago, or the last request by its user more than 30 minutes ago."""
    now = timezone.now()
    started, active = _time(session, START_KEY, now), _time(session, ACTIVE_KEY, now)
    return now - started > STAFF_MAX_AGE or now - active > STAFF_MAX_IDLE


def record_activity(session: SessionBase) -> None:
    now = timezone.now()
    if START_KEY not in session:
        session[START_KEY] = now.isoformat()
    if ACTIVE_KEY not in session or now - _time(session, ACTIVE_KEY, now) > PRECISION:
        session[ACTIVE_KEY] = now.isoformat()


def _time(session: Any, key: str, default: datetime) -> datetime:
    return datetime.fromisoformat(session[key]) if key in session else default
