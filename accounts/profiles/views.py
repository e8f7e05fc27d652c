from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.house_rules import RULES_VERSION
from accounts.models import User
from accounts.permissions import can_see_profile, credential_in_force
from accounts.profiles.rules_acceptance import accept_rules


@require_http_methods(["GET", "HEAD", "POST"])
def house_rules(request: HttpRequest) -> HttpResponse:
    """Show the house rules; ask members who have not accepted this version to do so."""
    user = request.user
    must_accept = user.is_authenticated and user.rules_accepted < RULES_VERSION
    if request.method == "POST" and user.is_authenticated and must_accept:
        accept_rules(by=user)
        return redirect(_next(request) or "accounts:home")
    context = {"must_accept": must_accept, "version": RULES_VERSION, "next": _next(request)}
    return render(request, "accounts/profiles/house_rules.html", context)


def _next(request: HttpRequest) -> str:
    """Return the URL to continue to, if it is on this site."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if safe else ""


@never_cache
@require_safe
def profile(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(User.objects.present(), pk=pk)
    if not can_see_profile(request.user, member):
        raise Http404
    page = render(
        request, "accounts/profiles/profile.html", {"member": member, "credential": credential_in_force(member)}
    )
    page["X-Robots-Tag"] = "noindex"
    return page
