"""Middleware that requires a second factor of staff, moderators and verifiers."""

from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.permissions import needs_second_factor

SECOND_FACTOR_TYPES = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
EXEMPT_URL_NAMES = {"account_logout", "account_reauthenticate", "account_email_verification_sent"}


class SecondFactorMiddleware:
    """Redirect staff, moderators and verifiers until they have set up a second factor and used it in this session.

    Requests without a session cookie pass through without a query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not needs_second_factor(request.user):
            return None
        name = (request.resolver_match and request.resolver_match.url_name) or ""
        if name.startswith("mfa_") or name in EXEMPT_URL_NAMES:
            return None
        if not is_mfa_enabled(request.user, SECOND_FACTOR_TYPES):
            return redirect("mfa_index")
        if any(r.get("method") == "mfa" for r in get_authentication_records(request, request.user)):
            return None
        return redirect(f"{reverse('mfa_reauthenticate')}?next={request.path}")
