"""Middleware that requires a second factor of staff, moderators and verifiers, and ends their idle and long sessions."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.auth.session_length import has_staff_session_ended, record_activity
from accounts.permissions import needs_second_factor
from core.submitted_fields import submitted_fields

SECOND_FACTOR_TYPES = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
# Requested by an open page on its own, so they don't count as activity.
BACKGROUND_URL_NAMES = {
    *("forum:counts-fragment", "forum:queue-rows-fragment", "forum:duty-fragment", "forum:duty-here"),
}
RENEWED_IN_BACKGROUND = {"forum:claim"}  # by a header
OWN_LOGGED_OUT_PAGE = ("admin:", "forum:new-thread", "forum:reply", "forum:edit-post")  # they show the text again
EXEMPT_URL_NAMES = {"account_logout", "account_reauthenticate", "account_email_verification_sent"}


class StaffSessionMiddleware:
    """Log out staff, moderators and verifiers after 30 minutes without a request, and 12 hours after they logged in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not needs_second_factor(request.user):
            return None
        if has_staff_session_ended(request.session):
            logout(request)
            return _logged_out_page(request)
        if not _is_background(request):
            record_activity(request.session)
        return None


def _is_background(request: HttpRequest) -> bool:
    name = _view_name(request)
    return name in BACKGROUND_URL_NAMES or (name in RENEWED_IN_BACKGROUND and "X-Background" in request.headers)


def _logged_out_page(request: HttpRequest) -> HttpResponse | None:
    """Redirect to the login page, or show what was typed in the forum. Return None if the view itself handles visitors."""
    name = _view_name(request)
    if name.startswith(OWN_LOGGED_OUT_PAGE) or _is_background(request) or name in EXEMPT_URL_NAMES:
        return None
    typed = submitted_fields(request)
    if name.startswith("forum:") and typed:
        return render(request, "accounts/auth/session_ended.html", {"typed": typed}, status=HTTPStatus.FORBIDDEN)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")


def _view_name(request: HttpRequest) -> str:
    return (request.resolver_match and request.resolver_match.view_name) or ""


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
