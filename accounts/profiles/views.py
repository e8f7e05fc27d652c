from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import house_rules as rules
from accounts.models import User
from accounts.permissions import can_see_profile, credential_in_force
from core.params import int_or_none


@require_http_methods(["GET", "HEAD", "POST"])
def house_rules(request: HttpRequest) -> HttpResponse:
    """Show the house rules; ask members who have not accepted this version to do so, and show them what changed."""
    user, version = request.user, rules.current_version()
    must_accept = user.is_authenticated and not rules.has_accepted_rules(user)
    is_current = int_or_none(request.POST.get("version", "")) == version  # no newer one was published while they read
    if request.method == "POST" and user.is_authenticated and must_accept and is_current:
        rules.accept_rules(version, by=user)
        return redirect(_next(request) or "accounts:home")
    context = {
        "must_accept": must_accept,
        "accepted": rules.text_accepted_by(user) if user.is_authenticated and must_accept else "",
        "version": version,
        "earlier": rules.earlier_versions(),
        "next": _next(request),
    }
    return render(request, "accounts/profiles/house_rules.html", context)


@require_safe
def earlier_house_rules(request: HttpRequest, number: int) -> HttpResponse:
    """Show a version of the house rules that was replaced."""
    found = next((version for version in rules.earlier_versions() if version.number == number), None)
    if found is None:
        raise Http404
    return render(request, "accounts/profiles/earlier_house_rules.html", {"version": found})


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
