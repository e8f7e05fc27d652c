"""The test suite: the production's strictness, on the throw-away database of tests/postgres_plugin.py."""

import tempfile
from pathlib import Path

from config.settings.base import *
from config.settings.base import INSTALLED_APPS, MIDDLEWARE

DEBUG = False
SECRET_KEY = "tests-only"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
NAME_SECRET = "tests-only-names"
SECOND_FACTOR_KEYS = ["tests-only-second-factors"]
MAIL_CARRIER = "django.core.mail.backends.locmem.EmailBackend"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
_private = tempfile.TemporaryDirectory(prefix="getnaltrexone-test-private-")  # gone when the tests end
PRIVATE_ROOT = Path(_private.name)
LOGGING = {"version": 1, "disable_existing_loggers": False}

INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
ZEAL_RAISE = True
ZEAL_ALLOWLIST = [{"model": "account.*"}, {"model": "mfa.*"}]  # how allauth reads its own rows is its business
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
COUNT_SECONDS = 0  # a thread of its own would write behind a test's back
FORUM_SECOND_READING_SHARE = 0.0  # those tests that mean it say how many
FORUM_LEAST_SECONDS = 0  # a test types faster than a person
