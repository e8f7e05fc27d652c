"""Reauthentication for actions of staff that give power over others: within five minutes, not allauth's fifteen."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

MAX_AGE = 5 * 60  # seconds


def has_authenticated_recently(request: HttpRequest) -> bool:
    """Return whether the person of this session logged in, or proved again who they are, in the last five minutes."""
    times = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(times) and time.time() - max(times) < MAX_AGE


def recent_authentication_required(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate an admin's method: ask who it is before it shows or saves anything.

    A form that was open for too long is shown again to be sent once more. It is not stored meanwhile, as allauth would: it may
    hold a password.
    """

    @wraps(view)
    def guarded(admin: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_authenticated_recently(request):
            return view(admin, request, *args, **kwargs)
        if request.method == "POST":
            context = {**admin.admin_site.each_context(request), "typed": _typed(request), "title": "Is it still you?"}
            return render(request, "admin/accounts/confirm_again.html", context, status=403)
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('account_reauthenticate')}?{query}")

    return guarded


def _typed(request: HttpRequest) -> list[dict[str, str]]:
    """Return the submitted fields, without passwords."""
    return [
        {"name": name, "label": name.replace("_", " ").capitalize(), "text": text}
        for name, texts in request.POST.lists()
        for text in texts
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
