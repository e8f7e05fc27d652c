"""The first half of an e-mail address change: a code proves that the member can read mail at the current address.

State is kept in the session, so a code works only in the session that asked for it. Times are Unix timestamps.
"""

import re
import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.utils.crypto import constant_time_compare

from accounts.models import User

KEY = "email_change"
VALID_SECONDS = 900
MAX_ATTEMPTS = 3


def send_code(session: Any, *, by: User) -> None:
    """Send a new code to the current address; earlier codes of this session stop working."""
    code = get_adapter().generate_email_verification_code()
    session[KEY] = {"code": code, "address": by.email, "at": time.time(), "tries": 0}
    get_adapter().send_mail("account/email/current_address", by.email, {"code": code})


def awaits_code(session: Any, *, by: User) -> bool:
    state = _state(session, by)
    return "code" in state and state["tries"] < MAX_ATTEMPTS


def enter_code(session: Any, code: str, *, by: User) -> bool:
    """Return whether `code` is right, and if so open the change for VALID_SECONDS. MAX_ATTEMPTS wrong codes void it."""
    state = _state(session, by)
    if not awaits_code(session, by=by):
        return False
    if not constant_time_compare(_normalized(code), _normalized(state["code"])):
        session[KEY] = {**state, "tries": state["tries"] + 1}
        return False
    session[KEY] = {"address": by.email, "at": time.time()}
    return True


def _normalized(code: str) -> str:
    """Return the code without dashes, spaces and case, which members need not type as sent."""
    return re.sub(r"[\W_]", "", code).lower()


def is_open(session: Any, *, by: User) -> bool:
    state = _state(session, by)
    return bool(state) and "code" not in state


def _state(session: Any, user: User) -> dict[str, Any]:
    """Return the session's state, or {} if it is too old or belongs to an earlier address."""
    state = session.get(KEY) or {}
    fresh = state and time.time() - state["at"] < VALID_SECONDS and state["address"] == user.email
    return state if fresh else {}
