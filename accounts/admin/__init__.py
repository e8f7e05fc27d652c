from accounts.admin import credentials, sanctions, site_settings, users

__all__ = ["credentials", "sanctions", "site_settings", "users"]
