"""The account page, settings, and changing the display name."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings as site_settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import rate_limits
from accounts.models import NameChange, User
from accounts.permissions import can_rename
from accounts.profiles import names
from accounts.profiles.forms import RenameForm, SettingsForm, WelcomeForm
from accounts.text import name_rules
from core.requests import AuthenticatedHttpRequest

TOO_MANY_REQUESTS = 429
RENAMED = "Name changed."
ASKED = "We’ve sent the new name to a moderator. Until they approve it, others see your current name."


@never_cache
@login_required
@require_safe
def home(request: AuthenticatedHttpRequest) -> HttpResponse:
    kinds = list(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    keys = kinds.count(Authenticator.Type.WEBAUTHN)
    return render(request, "accounts/profiles/home.html", {"app": Authenticator.Type.TOTP in kinds, "keys": keys})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Settings saved.")
        return redirect("accounts:settings")
    return render(request, "accounts/profiles/settings.html", {"form": form})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Welcome a new member: where to say hello, what to read, and a form for their country and time zone."""
    form = WelcomeForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Country and time zone saved.")
        return redirect("accounts:welcome")
    return render(request, "accounts/profiles/welcome.html", {"form": form})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = RenameForm(request.POST or None)
    if request.method == "POST" and rate_limits.is_rate_limited(request, "rename"):
        return render(request, "429.html", status=TOO_MANY_REQUESTS)
    if request.method == "POST" and form.is_valid():
        try:
            change = names.rename(request.user, form.cleaned_data["display_name"], by=request.user)
        except ValidationError as error:
            form.add_error("display_name", error)
        else:
            messages.success(request, RENAMED if change.state == NameChange.State.SHOWN else ASKED)
            return redirect("accounts:home" if change.state == NameChange.State.SHOWN else "accounts:rename")
    return render(request, "accounts/profiles/rename.html", {"form": form, **_rename_context(request.user)})


def _rename_context(user: User) -> dict[str, Any]:
    """Return when the member can change their name, and the last name they chose."""
    possible_from = names.next_rename(user)
    return {
        "possible_from": possible_from,
        "waits": possible_from > timezone.now(),
        "may_rename": can_rename(user, user),
        "last_change": user.name_changes.first(),
    }


@require_safe
def name_check(request: HttpRequest) -> HttpResponse:
    """Show whether a name is available. Don't load the user of a request without a session."""
    name = name_rules.normalized(request.GET.get("display_name", ""))
    busy = rate_limits.is_rate_limited(request, "name_check")
    user = request.user if site_settings.SESSION_COOKIE_NAME in request.COOKIES else None
    own = user if user and user.is_authenticated else None
    problem = names.name_error(name, user=own) if name and not busy else ""
    checked = name and not busy and not problem
    context = {"name": name, "problem": problem, "busy": busy, "member": own}
    context["concerns"] = bool(checked and names.public_concerns(name, user=own))
    return render(request, "accounts/profiles/_name_check.html", context, status=TOO_MANY_REQUESTS if busy else None)
