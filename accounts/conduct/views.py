"""A member's own sanctions and appeals. Suspended members can use these pages."""

from contextlib import suppress

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.conduct import sanctions
from accounts.conduct.forms import AppealForm
from accounts.danger import show_help
from accounts.models import Sanction
from core.requests import AuthenticatedHttpRequest
from core.transitions import IllegalTransition


@never_cache
@login_required
@require_safe
def conduct(request: AuthenticatedHttpRequest) -> HttpResponse:
    found = Sanction.objects.filter(user=request.user).select_related("lift", "appeal")
    context = {"sanctions": found, "role_changes": request.user.role_changes.all()}
    return render(request, "accounts/conduct/conduct.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    sanction = get_object_or_404(Sanction.objects.select_related("appeal"), pk=pk, user=request.user)
    if hasattr(sanction, "appeal"):
        return redirect("accounts:conduct")
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with suppress(IllegalTransition):  # sent twice; the first one counts
            sanctions.appeal(sanction, by=request.user, text=form.cleaned_data["text"])
            show_help(request, form.cleaned_data["text"], source="sanction")
        return redirect("accounts:conduct")
    return render(request, "accounts/conduct/appeal.html", {"form": form, "sanction": sanction})
