"""The admin: stock, but with our entrance, and nobody who was logged out while they wrote loses a word."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, NamedTuple

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator

View = Callable[..., HttpResponse]


class Typed(NamedTuple):
    """One field as it was sent."""

    name: str
    text: str

    @property
    def label(self) -> str:
        return self.name.replace("_", " ").capitalize()


def words_of(request: HttpRequest) -> list[Typed]:
    """What an editor of the guide had typed or chosen, field by field; nothing of other forms, which may hold secrets."""
    match = request.resolver_match
    if request.method != "POST" or not match or not match.view_name.startswith("admin:guide_"):
        return []
    return [
        Typed(name, text) for name, texts in request.POST.lists() for text in texts if name != "csrfmiddlewaretoken"
    ]


class Site(admin.AdminSite):
    site_header = site_title = "GetNaltrexone"
    index_title = "Editing"

    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().login(request, extra_context)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Whoever was logged out while they wrote gets their words back, to send once more; nothing is stored of them."""
        guarded = super().admin_view(view, cacheable)

        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            typed = [] if request.user.is_authenticated else words_of(request)
            if typed:
                return render(request, "admin/logged_out.html", {"typed": typed}, status=403)
            return guarded(request, *args, **kwargs)

        return update_wrapper(answer, guarded)
