"""App configs of the site and the admin. Loaded before the apps, so they must not import from them."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SiteConfig(AppConfig):
    """Lets Django find the commands in config/management. It has no models."""

    name = "config"


class SiteAdminConfig(AdminConfig):
    default_site = "config.admin_site.AdminSite"
