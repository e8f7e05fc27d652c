"""Settings for `make bench`: as in production where it costs time, on a temporary database."""

from config.settings.base import *
from config.settings.base import DATABASES

DEBUG = False
SECRET_KEY = "benchmarks-only"
ALLOWED_HOSTS = ["*"]
NAME_SECRET = "benchmarks-only-names"
SECOND_FACTOR_KEYS = ["benchmarks-only-second-factors"]
DATABASES["default"]["CONN_MAX_AGE"] = 600
PAGE_VIEW_FLUSH_SECONDS = 0  # a background thread would use processor time of its own
FORUM_MIN_FORM_SECONDS = 0
FORUM_READ_ONLY_HOURS = 0
WHITENOISE_USE_FINDERS = False
LOGGING = {"version": 1, "disable_existing_loggers": False}
