"""Imports nothing of the apps: it is read before they are there."""

from django.contrib.admin.apps import AdminConfig


class OurAdminConfig(AdminConfig):
    default_site = "config.admin_site.Site"
