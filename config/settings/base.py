"""Settings common to all environments. The other modules set only what differs; none checks `if DEBUG`."""

import os
import socket
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

ROOT = Path(__file__).resolve().parents[2]

SITE_NAME = "GetNaltrexone"
METRICS_FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")  # where processes share their counts
METRICS_TOKEN = ""  # whoever presents it may read /health/metrics; empty: no one

INSTALLED_APPS = [
    "accounts",
    "guide",
    "forum",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "config.apps.SiteConfig",
    "config.apps.SiteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "pgtrigger",
]

MIDDLEWARE = [
    "config.request_log.request_log",
    "config.middleware.answer_liveness",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.no_fonts_under_save_data",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "config.middleware.no_null_characters",
    "config.middleware.count_page_views",
    "config.middleware.carry_out_what_is_due",
    "config.visitor_pages.visitor_pages",  # what follows is left out for cached pages, which have its headers
    "config.middleware.permissions_policy",
    "csp.middleware.CSPMiddleware",
    "config.middleware.private_pages",
    "config.replica.visitors_read_replica",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.body_limit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.member_time_zone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.auth.middleware.StaffSessionMiddleware",
    "accounts.auth.middleware.SecondFactorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["config.template_loader.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.views.site_context",
            ],
            "builtins": ["guide.templatetags.guide", "forum.templatetags.forum"],
        },
    }
]

DATABASES = {"default": dj_database_url.config(conn_max_age=0)}

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.auth.password_validation.PasswordStrengthValidator"},
]
AUTHENTICATION_BACKENDS = ["accounts.auth.backends.ConfirmedAddressBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:home"
MODERATORS_REDIRECT_URL = "forum:review-queue"
ACCOUNT_SIGNUP_REDIRECT_URL = "accounts:welcome"
LOGOUT_REDIRECT_URL = "home"
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 86_400  # seconds that the server keeps a session whose owner did not choose to stay logged in
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Accounts use e-mail addresses, confirmed by a code. Responses are the same whether or not an address is registered.
ACCOUNT_ADAPTER = "accounts.auth.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.auth.signup_form.SignupExtras"
ACCOUNT_FORMS = {
    "login": "accounts.auth.allauth_forms.LoginForm",
    "signup": "accounts.auth.allauth_forms.SignupForm",
    "request_login_code": "accounts.auth.allauth_forms.LoginCodeForm",
    "reset_password": "accounts.auth.allauth_forms.ResetCodeForm",
    "add_email": "accounts.auth.allauth_forms.NewEmailForm",
    "change_password": "accounts.auth.allauth_forms.ChangePasswordForm",
    "set_password": "accounts.auth.allauth_forms.SetPasswordForm",
    "reset_password_from_key": "accounts.auth.allauth_forms.ResetPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900  # seconds; mail can be slow
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 900
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900  # seconds
ACCOUNT_SESSION_REMEMBER = None  # asks; accounts/auth/session_length.py sets what the answer means
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_ADAPTER = "accounts.auth.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.auth.allauth_forms.AuthenticateForm",
    "reauthenticate": "accounts.auth.allauth_forms.ReauthenticateForm",
    "add_webauthn": "accounts.auth.allauth_forms.AddKeyForm",
    "authenticate_webauthn": "accounts.auth.allauth_forms.SecondStepKeyForm",
    "login_webauthn": "accounts.auth.allauth_forms.LoginKeyForm",
    "reauthenticate_webauthn": "accounts.auth.allauth_forms.ReauthenticateKeyForm",
    "signup_webauthn": "accounts.auth.allauth_forms.SignupKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # steps of 30 s either way, as phones' clocks differ
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = True

# Mail is written in the transaction of its cause. The worker sends it through MAIL_CARRIER.
EMAIL_BACKEND = "accounts.notifications.mail_backend.OutboxBackend"
MAIL_CARRIER = "django.core.mail.backends.smtp.EmailBackend"
MAIL_SENDER_NAME = "GN Accounts"  # names neither the medicine nor the site's purpose
DEFAULT_FROM_EMAIL = f"{MAIL_SENDER_NAME} <accounts@localhost>"
MAIL_SUBJECT = "You have news"
MAIL_BURST_SECONDS = 120  # events within this time share one email
NOTIFICATION_KINDS = [
    "accounts.notifications.kinds.OWN_KINDS",
    "forum.notifications.kinds.KINDS",
    "guide.review.notifications.KINDS",
    "guide.pages.help_line_reports.KINDS",
]
HELP_COUNTRIES = "guide.pages.help_lines.offered_countries"  # (code, name) of each country that a member may choose
SITE_ADDRESS = "http://127.0.0.1:8000"  # for links in mail sent outside a request

# Each app's functions of one user that export their personal data and erase it.
PERSONAL_DATA = [
    "accounts.privacy.personal_data.sections",
    "guide.privacy.export.sections",
    "forum.personal_data.sections",
]
PERSONAL_FILES = ["accounts.privacy.personal_data.files"]
DELETION_REQUESTED_HOOKS = ["forum.personal_data.hide_posts"]  # called with a user who asked for deletion
DELETION_CANCELED_HOOKS = ["forum.personal_data.show_posts"]  # and with one who stays after all
ERASERS = ["guide.privacy.erasure.erase", "forum.personal_data.erase"]

# Files that are served only by views that check permissions: evidence of licenses, data exports.
PRIVATE_ROOT = ROOT / ".local" / "private"

# Larger requests are refused unread. Uploads stay in memory, so that no license is written to /tmp.
MAX_BODY_BYTES = 11 * 1024 * 1024  # bytes: 10 MB of evidence and the other fields
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True
FORMS_URLFIELD_ASSUME_HTTPS = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / ".local" / "static"
STATICFILES_DIRS = [ROOT / "static", ("handbook", ROOT / "docs" / "img")]
STATICFILES_FINDERS = [
    "config.staticfiles.finders.BundleFinder",
    "config.staticfiles.fonts.FontFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]

# Rate limits and used codes are in the default cache, which must not lose an entry before it expires. Pages and what can be
# computed again are in another, so that visitors can't evict limits by opening many pages.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "limits",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 300},
    },
}

CACHE_FORUM_PAGES = True  # for visitors; a page is made anew when something on it changes, and after a minute

# No inline code and no third parties, in the admin too. Video frames load only after a click.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-src": ["https://www.youtube-nocookie.com"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None  # until the browser closes
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

# The page that “Leave quickly” opens: well known, harmless and quick to load. It is a link, and nothing is loaded from it before.
LEAVE_ADDRESS = "https://www.weather.gov/"

SECURITY_CONTACT = ""  # where to report a vulnerability, as an address beginning with mailto: or https:

# How much a member can post (forum/posting/limits.py).
FORUM_POSTS_PER_HOUR_NEW = 5  # in the first week
FORUM_POSTS_PER_HOUR = 20
FORUM_LINKS_PER_POST = 3
FORUM_REVIEW_TARGET_MINUTES = {"RED": 15, "AMBER": 240, "GREEN": 1440}  # within which a clinician should review
GUIDE_CHANGE_HOOKS = [
    "forum.publishing.guide_changed.reopen_items_that_cite"
]  # called when a published guide text changes
CREDENTIAL_REVOKED_HOOKS = ["guide.review.revocations.reopen_reviews"]  # called when a clinician's badge is revoked
MODERATOR_DISMISSED_HOOKS = ["forum.team.rota.release_work"]  # called with someone who is no longer a moderator
SITE_FACTS = ["guide.pages.site_facts.FACTS", "forum.site_facts.FACTS"]  # values that pages about the site can state
NAME_REVIEW = "forum.triage.names"  # the module that has moderators look at names
DANGER_READERS = ["forum.triage.outside_texts.read_outside_text"]  # read what people write to editors and verifiers
FORUM_CLAIM_MINUTES = 10  # the length of a claim
FORUM_READ_ONLY_HOURS = 24  # without a moderator on duty before the forum becomes read-only; 0: never automatically
FORUM_HEAVY_IN_A_ROW = 3  # red items before Next offers a lighter one, if a colleague is free; 0: never
FORUM_BREAK_AFTER_HEAVY = 5  # red items before the queue suggests a break
ERROR_REPORTS = ""  # the address (DSN) of a Sentry or GlitchTip server; config/error_reports.py
FORUM_ALARM_WEBHOOK = ""  # receives a JSON POST about urgent items that are waiting
FORUM_SECOND_REVIEW_SHARE = 0.02  # of decisions, read again by a second clinician without seeing the first decision
FORUM_MIN_FORM_SECONDS = 2  # minimum time between opening and sending a form

# The site makes no outbound requests. If enabled, the worker checks whether cited pages still exist.
OUTBOUND_REQUESTS = False
PAGE_VIEW_FLUSH_SECONDS = 60  # between writes of page views; 0: only by calling guide.analytics.page_views.write_counts

WORKER_NAME = os.environ.get("WORKER_NAME", socket.gethostname())
WORKER_HEARTBEAT_SECONDS = 10  # between heartbeats

# The chores of `manage.py worker` with their intervals in seconds.
WORKER_CHORES = {
    "guide.review.revisions.rerender_outdated": 300,
    "guide.review.schedule.publish_due": 30,
    "guide.search.index.refresh_index": 300,
    "guide.analytics.link_checker.check_next_link": 20,
    "guide.analytics.page_views.delete_old_counts": 86_400,
    "guide.dashboard.digest.send_digests": 60,
    "forum.publishing.rerender.rerender_batch": 10,
    "forum.team.alarms.raise_due_alarms": 15,
    "forum.posting.read_only.watch_duty": 60,
    "forum.moderation.pending_actions.apply_due": 2,
    "forum.moderation.action_drafts.delete_old_drafts": 86_400,
    "forum.moderation.follow_ups.open_due_follow_ups": 60,
    "forum.visitor_questions.retention.expire_questions": 3600,
    "forum.standing_threads.lifecycle.open_due_threads": 60,
    "forum.standing_threads.lifecycle.close_ended_threads": 300,
    "forum.personal_data.clear_kept_texts": 3600,
    "forum.publishing.experiences.empty_withdrawn_experiences": 3600,
    "accounts.auth.sessions.delete_expired_sessions": 86_400,
    "accounts.auth.unconfirmed_signups.delete_unconfirmed_signups": 86_400,
    "accounts.notifications.inbox.queue_emails": 5,
    "accounts.notifications.outbox.send_emails": 1,
    "accounts.privacy.exports.make_exports": 5,
    "accounts.privacy.exports.expire_exports": 3600,
    "accounts.privacy.account_deletion.erase_due_accounts": 3600,
    "accounts.credentials.verification.remind_before_expiry": 3600,
    "accounts.credentials.verification.delete_old_evidence": 3600,
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"console": {"()": "config.log_formatter.RedactingFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "console"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"fontTools": {"level": "WARNING"}},  # it reports every table that it subsets
}
