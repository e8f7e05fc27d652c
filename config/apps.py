"""The admin's app config. Loaded before the apps, so it must not import from them."""

from django.contrib.admin.apps import AdminConfig


class SiteAdminConfig(AdminConfig):
    default_site = "config.admin_site.AdminSite"
