"""How often one may do something: allauth's limits, which count behind a proxy too and keep addresses in the cache only."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest


def used_up(request: HttpRequest, action: str) -> bool:
    """Count one more `action` of settings.ACCOUNT_RATE_LIMITS, and say whether it is one too many."""
    return not ratelimit.consume(request, app="allauth.account", action=action, limit_get=True)
