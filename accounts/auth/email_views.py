"""E-mail address change: a code sent to the current address (here), then one sent to the new address (allauth)."""

from allauth.account import views as allauth_views
from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import rate_limits
from accounts.auth import email_change
from accounts.auth.email_forms import CodeForm
from core.requests import AuthenticatedHttpRequest


@never_cache
@login_required
def change_email(request: AuthenticatedHttpRequest) -> HttpResponse:
    if not email_change.is_open(request.session, by=request.user):
        return redirect("accounts:confirm-present-email")
    return allauth_views.email(request)


@never_cache
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_present(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if email_change.enter_code(request.session, form.cleaned_data["code"], by=request.user):
            return redirect("account_email")
        form.add_error(
            "code", "That code isn’t right, or it has expired. After three wrong codes you need to ask for a new one."
        )
    awaits = email_change.awaits_code(request.session, by=request.user)
    return render(request, "accounts/auth/confirm_present_email.html", {"form": form, "awaits": awaits})


@never_cache
@reauthentication_required
@require_POST
def send_code(request: AuthenticatedHttpRequest) -> HttpResponse:
    if rate_limits.is_rate_limited(request, "current_address_code"):
        return render(request, "429.html", status=429)
    email_change.send_code(request.session, by=request.user)
    return redirect("accounts:confirm-present-email")
