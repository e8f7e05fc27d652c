from accounts.admin import credentials, sanctions, users

__all__ = ["credentials", "sanctions", "users"]
