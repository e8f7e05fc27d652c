"""Facts that pages about the site name in braces, such as {deletion-days}, and that are filled in with the code's own values.

settings.SITE_FACTS lists the tables of all apps. A page must keep each fact that its content file states.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.utils.html import escape
from django.utils.module_loading import import_string

from accounts.auth.session_length import REMEMBERED, STAFF_MAX_AGE, STAFF_MAX_IDLE
from accounts.models.credentials import EVIDENCE_RETENTION
from accounts.models.users import DELETION_GRACE_PERIOD
from accounts.privacy.exports import EXPORT_LIFETIME
from accounts.site_settings import site_name
from guide.analytics.page_views import DAYS_UNTIL_SHOWN, RETENTION
from guide.lint.article_notices import Notice, NoticeKind

Fact = Callable[[], str]
NAME = re.compile(r"\{([a-z][a-z-]*)\}")


def days(period: timedelta) -> Fact:
    return lambda: str(period.days)


FACTS: dict[str, Fact] = {
    "site-name": site_name,
    "page-count-days": days(RETENTION),
    "search-days": lambda: str(DAYS_UNTIL_SHOWN),
    "remembered-days": days(REMEMBERED),
    "staff-idle-minutes": lambda: str(STAFF_MAX_IDLE // timedelta(minutes=1)),
    "staff-session-hours": lambda: str(STAFF_MAX_AGE // timedelta(hours=1)),
    "evidence-days": days(EVIDENCE_RETENTION),
    "data-copy-days": days(EXPORT_LIFETIME),
    "deletion-days": days(DELETION_GRACE_PERIOD),
}


@lru_cache(maxsize=1)
def all_facts() -> dict[str, Fact]:
    """Return the facts of all apps by name."""
    return {name: fact for path in settings.SITE_FACTS for name, fact in import_string(path).items()}


def fill_facts(html: str) -> str:
    """Replace each name in braces with its value, and leave unknown ones as they are."""
    known = all_facts()
    return NAME.sub(lambda match: escape(known[match[1]]()) if match[1] in known else match[0], html)


def fact_notices(part: str, text: str, required: str) -> Iterator[Notice]:
    """Yield a notice for each unknown name in braces, and for each name in the `required` text that `text` lacks."""
    for match in NAME.finditer(text):
        if match[1] not in all_facts():
            line = text.count("\n", 0, match.start()) + 1
            yield Notice(part, line, f"the site has no value for {match[0]}", NoticeKind.BROKEN)
    for name in dict.fromkeys(NAME.findall(required)):
        if f"{{{name}}}" not in text:
            yield Notice(part, 1, f"this page must state {{{name}}}, which the site fills in", NoticeKind.BROKEN)
