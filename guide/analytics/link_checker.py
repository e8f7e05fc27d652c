"""Check whether the guide's outbound links still work, if settings.OUTBOUND_REQUESTS is on."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.utils import timezone

from guide.admin_urls import edit_url
from guide.analytics.http_probe import Answer, probe
from guide.models import Article, HelpLine, LinkCheck, Picture, Source, SupportGroup, Video

CHECK_INTERVAL = timedelta(days=14)
RETRY_INTERVAL = timedelta(days=1)
MAX_URL_LENGTH = 500  # longer URLs are not checked
LINK = re.compile(r"\]\((https?://[^)\s]+)\)")
ROWS: list[tuple[type[models.Model], str]] = [
    (HelpLine, "url"),
    (Picture, "source_url"),
    (SupportGroup, "url"),
    (Video, "url"),
]


class Link(NamedTuple):
    url: str
    where: str
    edit_url: str


def guide_links() -> Iterator[Link]:
    """Yield every outbound link that readers see, with the admin form in which to change it."""
    for source in Source.objects.all():
        yield Link(source.link, source.key, edit_url(source))
    for model, field in ROWS:
        for row in model._default_manager.exclude(**{field: ""}):
            yield Link(getattr(row, field), str(row), edit_url(row))
    for article in Article.objects.published():
        live = article.live_revision
        for url in LINK.findall(f"{live.in_short}\n{live.body}" if live else ""):
            yield Link(url, str(live.title if live else ""), edit_url(article))


def check_next_link() -> int:
    """Check one link: a new one, or the one checked longest ago that is due. Return how many were checked.

    The worker runs this. It checks one at a time, so as not to delay other work or strain any site.
    """
    if not settings.OUTBOUND_REQUESTS:
        return 0
    url = _next()
    if url:
        record_answer(url, probe(url))
    return int(bool(url))


def _next() -> str:
    wanted = {link.url for link in guide_links() if link.url and len(link.url) <= MAX_URL_LENGTH}
    LinkCheck.objects.exclude(url__in=wanted).delete()
    new = wanted - set(LinkCheck.objects.values_list("url", flat=True))
    if new:
        return min(new)
    due = LinkCheck.objects.due(timezone.now(), CHECK_INTERVAL, RETRY_INTERVAL).order_by("checked_at").first()
    return due.url if due else ""


def record_answer(url: str, answer: Answer) -> LinkCheck:
    """Save the answer and count failures in a row; a good answer resets the count."""
    before = LinkCheck.objects.filter(url=url).first()
    failures = (before.failures if before else 0) + 1 if answer.error else 0
    result = {"status": answer.status, "error": answer.error[:200], "failures": failures}
    return LinkCheck.objects.update_or_create(url=url, defaults={**result, "checked_at": timezone.now()})[0]
