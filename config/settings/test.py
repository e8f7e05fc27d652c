"""Settings for tests: as strict as production, with the temporary database of tests/postgres_plugin.py."""

import tempfile
from pathlib import Path

from config.settings.base import *
from config.settings.base import DATABASES, INSTALLED_APPS, MIDDLEWARE

DEBUG = False
SECRET_KEY = "tests-only"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
# Tests write the guide's rows directly, as load_guide does; tests of the guard against that switch this off.
DATABASES["default"]["OPTIONS"] = {"options": "-c guide.loading=on"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
NAME_SECRET = "tests-only-names"
SECOND_FACTOR_KEYS = ["tests-only-second-factors"]
MAIL_CARRIER = "django.core.mail.backends.locmem.EmailBackend"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
_private = tempfile.TemporaryDirectory(prefix="getnaltrexone-test-private-")  # deleted when the tests end
PRIVATE_ROOT = Path(_private.name)
LOGGING = {"version": 1, "disable_existing_loggers": False}

INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
# Below the middleware that may carry out the actions of several moderators, each with its own locks.
MIDDLEWARE.insert(MIDDLEWARE.index("config.middleware.carry_out_what_is_due") + 1, "zeal.middleware.zeal_middleware")
ZEAL_RAISE = True
ZEAL_ALLOWLIST = [{"model": "account.*"}, {"model": "mfa.*"}]  # allauth's own queries
ZEAL_ALLOWLIST += [{"model": "guide.OutcomeArm", "field": "get()"}]  # Django's formsets look up each of their rows
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
PAGE_VIEW_FLUSH_SECONDS = 0  # a background thread would write during other tests
FORUM_SECOND_REVIEW_SHARE = 0.0  # tests of second reviews set it
FORUM_MIN_FORM_SECONDS = 0  # tests fill in forms faster than people
CACHE_FORUM_PAGES = False  # tests write rows directly; those of the cache set it
