"""The settings of the site that are in force: what administrators saved last, or else those of settings and environment."""

from email.utils import formataddr, parseaddr
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from accounts.models import SiteSettings
from core import page_cache

KEY, NEVER_SAVED = "site-settings", ()
CACHE_SECONDS = 60


class SiteValues(NamedTuple):
    site_name: str
    mail_sender_name: str
    mail_subject: str
    red_minutes: int
    amber_minutes: int
    green_minutes: int
    read_only_hours: int


def current() -> SiteValues:
    """Return the values in force. Costs a query at most once a minute."""
    stored = page_cache.shared().get(KEY)
    if stored is None:
        stored = SiteSettings.objects.values_list(*SiteValues._fields).first() or NEVER_SAVED
        page_cache.shared().set(KEY, stored, CACHE_SECONDS)
    return SiteValues(*stored) if stored else _initial()


def forget_on_commit() -> None:
    """Read the values anew, and drop cached pages, when the current transaction commits."""
    transaction.on_commit(lambda: page_cache.shared().delete(KEY))
    page_cache.clear_on_commit()


def site_name() -> str:
    return current().site_name


def sender() -> str:
    """Return the sender of mails, as a From header."""
    return formataddr((current().mail_sender_name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def _initial() -> SiteValues:
    minutes = settings.FORUM_REVIEW_TARGET_MINUTES
    return SiteValues(
        site_name=settings.SITE_NAME,
        mail_sender_name=settings.MAIL_SENDER_NAME,
        mail_subject=settings.MAIL_SUBJECT,
        red_minutes=minutes["RED"],
        amber_minutes=minutes["AMBER"],
        green_minutes=minutes["GREEN"],
        read_only_hours=settings.FORUM_READ_ONLY_HOURS,
    )
