"""Settings for production, from environment variables. A missing required variable stops the start."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *
from config.settings.base import CACHES, LEAVE_ADDRESS, LOGGING, MAIL_SENDER_NAME

SECRET_CHARACTERS = 32  # at least
PUBLIC_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:\d+)?", re.IGNORECASE)


def required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name} (see .env.example).")
    return value


def secret(name: str) -> str:
    """Return a required secret. Each of several, separated by commas, must be long enough."""
    value = required(name)
    if any(len(part) < SECRET_CHARACTERS for part in value.split(",")):
        raise ImproperlyConfigured(f"{name} needs at least {SECRET_CHARACTERS} characters. `make secrets` makes one.")
    return value


def public_address(name: str) -> str:
    value = required(name)
    if not PUBLIC_ADDRESS.fullmatch(value):
        raise ImproperlyConfigured(f"{name} is {value!r}, but should be like https://guide.example.org.")
    return value


DEBUG = False
SECRET_KEY = secret("SECRET_KEY")
NAME_SECRET = secret("NAME_SECRET")
SECOND_FACTOR_KEYS = secret("SECOND_FACTOR_KEYS").split(",")
SITE_ADDRESS = public_address("SITE_ADDRESS")
# Health checks and metrics ask for the site by the names of the private network.
ALLOWED_HOSTS = [urlsplit(SITE_ADDRESS).hostname, *filter(None, os.environ.get("INTERNAL_HOSTS", "").split(","))]
CSRF_TRUSTED_ORIGINS = [SITE_ADDRESS]
PRIVATE_ROOT = Path(required("PRIVATE_ROOT"))
DATABASES = {
    "default": dj_database_url.parse(required("DATABASE_URL"), conn_max_age=60, conn_health_checks=True),
}
# A pooler in transaction mode gives each transaction another connection, on which cursors of the server don't exist.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = os.environ.get("DATABASE_IS_POOLED", "0") == "1"
if os.environ.get("REPLICA_URL"):
    DATABASES["replica"] = dj_database_url.parse(os.environ["REPLICA_URL"], conn_max_age=60, conn_health_checks=True)
    DATABASES["replica"] |= {"TEST": {"MIRROR": "default"}, "OPTIONS": {"connect_timeout": 1}}
    DATABASE_ROUTERS = ["config.replica.ReplicaRouter"]
# Shared by all processes: without it each would count the tries at a password by itself. Without limits no one can log in,
# but the site goes on without cached pages.
REDIS_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 1}  # seconds
CACHES["default"] = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": required("REDIS_URL"),
    "OPTIONS": REDIS_OPTIONS,
}
CACHES["pages"] = {
    "BACKEND": "core.forgiving_cache.ForgivingRedisCache",
    "LOCATION": required("PAGES_REDIS_URL"),
    "OPTIONS": REDIS_OPTIONS,
}

METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
LOGGING["formatters"] = {"json": {"()": "config.json_log.JsonFormatter"}}
LOGGING["handlers"]["console"]["formatter"] = "json"

ERROR_REPORTS = os.environ.get("ERROR_REPORTS", "")

FORUM_ALARM_WEBHOOK = os.environ.get("ALARM_WEBHOOK_URL", "")
FORUM_READ_ONLY_HOURS = int(os.environ.get("READ_ONLY_HOURS", "24"))
LEAVE_ADDRESS = os.environ.get("LEAVE_ADDRESS") or LEAVE_ADDRESS
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
