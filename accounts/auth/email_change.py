"""Before somebody may name a new e-mail address, they prove with a code that mail to the present one reaches them.

All of it lives in the session: a code of one session opens no other. Times are seconds since 1970.
"""

import re
import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.utils.crypto import constant_time_compare

from accounts.models import User

KEY = "email_change"
OPEN_FOR = 900
TRIES = 3


def send_code(session: Any, *, by: User) -> None:
    """Send a new code to the present address; earlier ones of this session stop working."""
    code = get_adapter().generate_email_verification_code()
    session[KEY] = {"code": code, "address": by.email, "at": time.time(), "tries": 0}
    get_adapter().send_mail("account/email/current_address", by.email, {"code": code})


def awaits_code(session: Any, *, by: User) -> bool:
    state = _state(session, by)
    return "code" in state and state["tries"] < TRIES


def enter_code(session: Any, code: str, *, by: User) -> bool:
    """Whether this is the code; then the change is open for OPEN_FOR seconds. After TRIES wrong ones it is void."""
    state = _state(session, by)
    if not awaits_code(session, by=by):
        return False
    if not constant_time_compare(_letters(code), _letters(state["code"])):
        session[KEY] = {**state, "tries": state["tries"] + 1}
        return False
    session[KEY] = {"address": by.email, "at": time.time()}
    return True


def _letters(code: str) -> str:
    """The code without the dash, case and spaces, which nobody has to type as they were sent."""
    return re.sub(r"[\W_]", "", code).lower()


def is_open(session: Any, *, by: User) -> bool:
    state = _state(session, by)
    return bool(state) and "code" not in state


def _state(session: Any, user: User) -> dict[str, Any]:
    """What is noted, if it is young enough and about the address that the user has now."""
    state = session.get(KEY) or {}
    fresh = state and time.time() - state["at"] < OPEN_FOR and state["address"] == user.email
    return state if fresh else {}
