"""Rate limits per network address or account, counted in the cache only."""

import ipaddress
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

DAY = 86_400  # seconds
IPV6_PREFIX = 64  # bits: the network of one household


@dataclass(frozen=True)
class Limit:
    """At most `amount` times within `seconds`."""

    amount: int
    seconds: int
    by_account: bool = False


LIMITS = {
    "guide_feedback": Limit(10, 3600),
    "help_line_report": Limit(10, 3600),
    "visitor_question": Limit(5, DAY),
    "question_code": Limit(30, 15 * 60),
    "name_check": Limit(30, 60),
    "open_data": Limit(120, 60),
    "current_address_code": Limit(3, 15 * 60, by_account=True),
    "badge_evidence": Limit(10, 3600, by_account=True),
    "rename": Limit(10, 3600, by_account=True),
    "report": Limit(20, DAY, by_account=True),
    "new_members_report": Limit(10, DAY, by_account=True),
    "new_members_report_hourly": Limit(5, 3600, by_account=True),
    "worried_report": Limit(10, DAY, by_account=True),
}
# Mail that a visitor can cause, of all kinds. One network cannot use up what the address's owner may need today.
MAIL_FROM_NETWORK = Limit(5, DAY)
MAIL_TO_ADDRESS = Limit(10, DAY)
PASSWORDS_FOR_ACCOUNT = Limit(20, 300)  # from all networks together; allauth counts those from one network


def is_rate_limited(request: HttpRequest, action: str) -> bool:
    """Count one `action` and return whether it exceeds its limit.

    Each permitted use takes a slot that the cache frees after `seconds`; a refused one takes none.
    """
    limit = LIMITS[action]
    sender = f"user:{request.user.pk}" if limit.by_account else f"ip:{network_of(request)}"
    return not _take_slot(f"{action}:{sender}", limit)


def is_mail_limited(request: HttpRequest, address: str) -> bool:
    """Count one email to `address` and return whether that exceeds what it may get in a day, from anyone or from here.

    The cache holds no address: a key can't be turned back into one.
    """
    mailbox = salted_hmac("mail limit", _mailbox(address), algorithm="sha256").hexdigest()
    return not (
        _take_slot(f"mail:{mailbox}:from:{network_of(request)}", MAIL_FROM_NETWORK)
        and _take_slot(f"mail:{mailbox}", MAIL_TO_ADDRESS)
    )


def is_password_limited(login: str) -> bool:
    """Count one try to log in as `login` with a password, and return whether there were too many, from all networks together."""
    account = salted_hmac("password limit", login.lower(), algorithm="sha256").hexdigest()
    return not _take_slot(f"password:{account}", PASSWORDS_FOR_ACCOUNT)


def _mailbox(address: str) -> str:
    """Return the address in lower case without the part after “+”, which many providers deliver to the same person."""
    name, _, domain = address.lower().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def _take_slot(key: str, limit: Limit) -> bool:
    slots = [f"limit:{key}:{n}" for n in range(limit.amount)]
    taken = cache.get_many(slots)  # in one request; adding then decides between two at the same moment
    return any(cache.add(slot, 1, limit.seconds) for slot in slots if slot not in taken)


def network_of(request: HttpRequest) -> str:
    """Return the client's address behind trusted proxies; for IPv6 its network, since one client has many addresses."""
    address: str = get_adapter().get_client_ip(request)
    try:
        network = ipaddress.IPv6Network((address, IPV6_PREFIX), strict=False)
    except ValueError:  # IPv4
        return address
    return str(network.network_address)
