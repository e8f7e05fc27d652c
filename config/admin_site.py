"""Django's admin site with allauth's login. It keeps what an editor typed when their session has expired."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.admin.options import TO_FIELD_VAR
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.functional import lazy

from accounts.site_settings import site_name
from core.params import int_or_none
from core.submitted_fields import SubmittedField, submitted_fields

View = Callable[..., HttpResponse]


def guide_fields(request: HttpRequest) -> list[SubmittedField]:
    """Return the submitted fields of a guide form. Other admin forms may contain secrets, so return nothing for them."""
    match = request.resolver_match
    if request.method != "POST" or not match or not match.view_name.startswith("admin:guide_"):
        return []
    return submitted_fields(request)


class AdminSite(admin.AdminSite):
    site_header = site_title = lazy(site_name, str)()
    index_title = "Editing"

    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().login(request, extra_context)

    def has_permission(self, request: HttpRequest) -> bool:
        """Refuse staff whose account is suspended or closed."""
        user = request.user
        return super().has_permission(request) and user.is_authenticated and not user.is_suspended

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Show the submitted fields to an editor whose session expired, to submit again. Nothing is stored."""
        guarded = super().admin_view(view, cacheable)

        def view_or_logged_out_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if _has_impossible_year(request) or request.GET.get(TO_FIELD_VAR) == "":
                return redirect(request.path)
            typed = [] if request.user.is_authenticated else guide_fields(request)
            if typed:
                return render(request, "admin/logged_out.html", {"typed": typed}, status=403)
            return guarded(request, *args, **kwargs)

        return update_wrapper(view_or_logged_out_page, guarded)


def _has_impossible_year(request: HttpRequest) -> bool:
    """Whether a list is filtered by a year that Python's dates don't have: Django fails only when it runs the query."""
    years = [value for key, value in request.GET.items() if "__year" in key or "__iso_year" in key]
    return not all(int_or_none(str(year), digits=4) for year in years)
