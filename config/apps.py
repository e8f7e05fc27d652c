"""App configs of the site and the admin. Loaded before the apps, so they must not import from them."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig


class SiteConfig(AppConfig):
    """Lets Django find the commands in config/management, and starts reports of errors. It has no models."""

    name = "config"

    def ready(self) -> None:
        from config import error_reports

        error_reports.start(settings.ERROR_REPORTS)


class SiteAdminConfig(AdminConfig):
    default_site = "config.admin_site.AdminSite"
