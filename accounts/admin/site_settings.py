"""Site settings in the admin, for administrators: saving adds a version, and the list is the history."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from accounts import site_settings
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.auth.reauthentication import recent_authentication_required
from accounts.models import SiteSettings
from accounts.notifications.staff_actions import tell_settings_changed
from accounts.permissions import is_administrator
from core.requests import authenticated_user


@admin.register(SiteSettings)
class SiteSettingsAdmin(ReadOnlyAdmin):
    list_display = ["at", "by", "reason", *site_settings.SiteValues._fields]
    list_select_related = ["by"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request.user)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return site_settings.current()._asdict()

    def save_model(self, request: HttpRequest, obj: SiteSettings, form: Any, change: bool) -> None:
        """Put the new version into force, and tell all administrators."""
        obj.by = authenticated_user(request)
        obj.save(force_insert=True)
        tell_settings_changed()
        site_settings.forget_on_commit()

    @recent_authentication_required
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
        context = {"title": "Change the settings of the site", **buttons, **(extra_context or {})}
        return super().add_view(request, form_url, context)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(
            request, {"title": "Settings of the site, the newest first", **(extra_context or {})}
        )
