"""A developer's machine: `make run`. Never for a site that the public can reach."""

from config.settings.base import *
from config.settings.base import MIDDLEWARE

DEBUG = True
SECRET_KEY = "development-only-not-a-secret"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"]
INTERNAL_IPS: list[str] = []
NAME_SECRET = "development-only-names"
SECOND_FACTOR_KEYS = ["development-only-second-factors"]
MAIL_CARRIER = "django.core.mail.backends.console.EmailBackend"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys on http://localhost

# Static files are found where they lie, so a change shows at once; gzip stands before them to keep page weight honest.
MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware", *(m for m in MIDDLEWARE if "gzip" not in m)]
