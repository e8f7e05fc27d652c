"""Settings for development (`make run`). Never use them for a public site."""

from config.settings.base import *
from config.settings.base import MIDDLEWARE

DEBUG = True
ROOT_URLCONF = "config.urls_dev"  # with /design/
SECRET_KEY = "development-only-not-a-secret"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"]
INTERNAL_IPS: list[str] = []
NAME_SECRET = "development-only-names"
SECOND_FACTOR_KEYS = ["development-only-second-factors"]
MAIL_CARRIER = "django.core.mail.backends.console.EmailBackend"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys on http://localhost

CACHE_FORUM_PAGES = False  # each process has a cache of its own: the web server would not learn what the worker changes

# Static files are served from their source folders, so changes show at once; gzip comes first for realistic page weights.
MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware", *(m for m in MIDDLEWARE if "gzip" not in m)]
