from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Notification, User
from accounts.notifications import inbox as inbox_service
from accounts.notifications.forms import NotificationSettingsForm
from accounts.notifications.inbox_rows import inbox_rows
from accounts.notifications.kinds import inbox_details
from core.pagination import NEWEST_FIRST
from core.params import int_or_none
from core.requests import AuthenticatedHttpRequest

PAGE = 30


@never_cache
@login_required
@require_safe
def inbox(request: AuthenticatedHttpRequest) -> HttpResponse:
    rows = Notification.objects.of(request.user)
    entries, older = NEWEST_FIRST.page(rows, request.GET.get("before", ""), size=PAGE)
    context = {"rows": inbox_rows(entries), "older": older, "details": inbox_details(entries)}
    return render(request, "accounts/notifications/inbox.html", context)


@login_required
@require_POST
def mark_read(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Mark all of the member's messages as read, or only those of the row they opened."""
    pks = [int_or_none(pk) for pk in request.POST.getlist("pk")[:PAGE]]
    inbox_service.mark_read(request.user, pks=[pk for pk in pks if pk is not None] if pks else None)
    return redirect("accounts:inbox")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notification_settings(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = NotificationSettingsForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Notification settings saved.")
        return redirect("accounts:notification-settings")
    return render(request, "accounts/notifications/settings.html", {"form": form})


@never_cache
@csrf_exempt  # the signed token authorizes the request; mail programs post without a cookie (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Unsubscribe without login. A GET only asks for confirmation, since mail scanners follow links."""
    try:
        user, about = inbox_service.read_unsubscribe_token(token)
    except (signing.BadSignature, User.DoesNotExist) as error:
        raise Http404 from error
    if request.method == "POST":
        inbox_service.stop_emails(user, about)
    context = {"done": request.method == "POST", "about": about}
    return render(request, "accounts/notifications/unsubscribe.html", context)
