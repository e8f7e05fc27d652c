from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.profiles.forms import NotificationSettingsForm
from accounts.models import Notification, User
from accounts.notifications import inbox as service

PAGE = 30
LONGEST_KEY = 18  # digits that a bigint surely holds


@never_cache
@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    rows = Notification.objects.of(request.user).older_than(_key(request.GET.get("before")))
    entries = list(rows[: PAGE + 1])
    older = entries[PAGE - 1].pk if len(entries) > PAGE else None
    return render(request, "accounts/notifications/inbox.html", {"entries": entries[:PAGE], "older": older})


@login_required
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """All of one's messages, or the one that was opened."""
    service.mark_read(request.user, pk=_key(request.POST.get("pk")))
    return redirect("accounts:inbox")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notification_settings(request: HttpRequest) -> HttpResponse:
    form = NotificationSettingsForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("accounts:home")
    return render(request, "accounts/notifications/settings.html", {"form": form})


@never_cache
@csrf_exempt  # the signed token is the proof; mail programs post here without a cookie (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A GET only asks, since mail scanners follow links; a POST ends the mails, without logging anybody in."""
    try:
        user, about = service.read_token(token)
    except (signing.BadSignature, User.DoesNotExist) as error:
        raise Http404 from error
    if request.method == "POST":
        service.stop_mails(user, about)
    context = {"done": request.method == "POST", "about": about}
    return render(request, "accounts/notifications/unsubscribe.html", context)


def _key(text: str | None) -> int | None:
    """The row that was named: None where none was, 0 (which no row has) for what is no number."""
    if text is None:
        return None
    return int(text) if text.isdecimal() and len(text) <= LONGEST_KEY else 0
