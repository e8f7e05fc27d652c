"""A member's list of open sessions, and ending them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.auth.sessions import end_other_sessions, end_session
from accounts.models import Session
from core.requests import AuthenticatedHttpRequest


@never_cache
@login_required
@require_safe
def sessions(request: AuthenticatedHttpRequest) -> HttpResponse:
    own = Session.objects.of(request.user).alive().order_by("-started_at")
    return render(request, "accounts/auth/sessions.html", {"sessions": own, "here": request.session.session_key})


@never_cache
@login_required
@require_POST
def end(request: AuthenticatedHttpRequest, handle: str) -> HttpResponse:
    found = Session.objects.of(request.user).exclude(pk=request.session.session_key).with_handle(handle)
    if not found:
        raise Http404
    end_session(found)
    messages.success(request, "You’ve logged out that device.")
    return redirect("accounts:sessions")


@never_cache
@login_required
@require_POST
def end_others(request: AuthenticatedHttpRequest) -> HttpResponse:
    end_other_sessions(request.user, but=request.session.session_key)
    messages.success(request, "You’ve logged out all other devices.")
    return redirect("accounts:sessions")
