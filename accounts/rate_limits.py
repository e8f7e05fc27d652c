"""Rate limits per network address or account, counted in the cache only."""

import ipaddress
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

IPV6_PREFIX = 64  # bits: the network of one household


@dataclass(frozen=True)
class Limit:
    """At most `amount` times within `seconds`."""

    amount: int
    seconds: int
    by_account: bool = False


LIMITS = {
    "guide_feedback": Limit(10, 3600),
    "name_check": Limit(30, 60),
    "current_address_code": Limit(3, 15 * 60, by_account=True),
}


def is_rate_limited(request: HttpRequest, action: str) -> bool:
    """Count one `action` and return whether it exceeds its limit.

    Each permitted use takes a slot that the cache frees after `seconds`; a refused one takes none.
    """
    limit = LIMITS[action]
    sender = f"user:{request.user.pk}" if limit.by_account else f"ip:{_network(request)}"
    return not any(cache.add(f"limit:{action}:{sender}:{n}", 1, limit.seconds) for n in range(limit.amount))


def _network(request: HttpRequest) -> str:
    """Return the client's address behind trusted proxies; for IPv6 its network, since one client has many addresses."""
    address: str = get_adapter().get_client_ip(request)
    try:
        network = ipaddress.IPv6Network((address, IPV6_PREFIX), strict=False)
    except ValueError:  # IPv4
        return address
    return str(network.network_address)
