"""Reauthentication for staff actions that affect other people's accounts: every five minutes, not allauth's fifteen."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.submitted_fields import submitted_fields

MAX_AGE = 5 * 60  # seconds


def has_authenticated_recently(request: HttpRequest) -> bool:
    """Return whether the user logged in or reauthenticated in the last five minutes."""
    times = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(times) and time.time() - max(times) < MAX_AGE


def recent_authentication_required(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a method of an admin: ask for the password or a code again before it shows or saves anything.

    A form that was open for too long is shown again to be sent once more. Unlike allauth, don't store it meanwhile: it may
    contain a password.
    """

    @wraps(view)
    def guarded(admin: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_authenticated_recently(request):
            return view(admin, request, *args, **kwargs)
        if request.method == "POST":
            context = {
                **admin.admin_site.each_context(request),
                "typed": submitted_fields(request),
                "title": "Is it still you?",
            }
            return render(request, "admin/accounts/confirm_again.html", context, status=403)
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('account_reauthenticate')}?{query}")

    return guarded
