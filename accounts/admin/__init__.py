from accounts.admin import credentials, users

__all__ = ["credentials", "users"]
