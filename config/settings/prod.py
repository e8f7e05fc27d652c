"""Settings for production, from environment variables. A missing required variable stops the start."""

import os
import re
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *
from config.settings.base import CACHES, MAIL_SENDER_NAME

MIN_SECRET = 32  # characters


def required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name} (see .env.example).")
    return value


def secret(name: str, value: str) -> str:
    if len(value) < MIN_SECRET:
        raise ImproperlyConfigured(
            f"{name} needs at least {MIN_SECRET} random characters in each key (see .env.example)."
        )
    return value


def host(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", name):
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS lists whole host names with commas between them, without * or spaces."
        )
    return name


DEBUG = False
SECRET_KEY = secret("SECRET_KEY", required("SECRET_KEY"))
NAME_SECRET = secret("NAME_SECRET", required("NAME_SECRET"))
SECOND_FACTOR_KEYS = [secret("SECOND_FACTOR_KEYS", key) for key in required("SECOND_FACTOR_KEYS").split(",")]
ALLOWED_HOSTS = [host(name) for name in required("ALLOWED_HOSTS").split(",")]
SITE_ADDRESS = f"https://{ALLOWED_HOSTS[0]}"
PRIVATE_ROOT = Path(required("PRIVATE_ROOT"))
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
DATABASES = {
    "default": dj_database_url.parse(required("DATABASE_URL"), conn_max_age=60, conn_health_checks=True),
}
# Shared by all processes: without it each would count the tries at a password by itself.
CACHES["default"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": required("REDIS_URL")}

FORUM_ALARM_WEBHOOK = os.environ.get("ALARM_WEBHOOK_URL", "")
FORUM_READ_ONLY_HOURS = int(os.environ.get("READ_ONLY_HOURS", "24"))
SECURITY_CONTACT = os.environ.get("SECURITY_CONTACT", "")
OUTBOUND_REQUESTS = os.environ.get("OUTBOUND_REQUESTS", "0") == "1"

STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", "/srv/static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.staticfiles.storage.StaticStorage"},
}

# The site runs behind one proxy (deploy/Caddyfile), which adds the client's address.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT", "1"))

EMAIL_HOST = required("EMAIL_HOST")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "1") == "1"
EMAIL_TIMEOUT = 20  # seconds
MAIL_SENDER_NAME = os.environ.get("MAIL_SENDER_NAME", MAIL_SENDER_NAME)
MAIL_FROM = required("MAIL_FROM")
DEFAULT_FROM_EMAIL = f"{MAIL_SENDER_NAME} <{MAIL_FROM}>"

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
