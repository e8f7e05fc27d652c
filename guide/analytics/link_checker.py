"""Whether the addresses that the guide links to still answer. Asks nobody unless settings.OUTBOUND_REQUESTS is on."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from guide.analytics.http_probe import Answer, ask
from guide.models import Article, HelpLine, LinkCheck, Source, SupportGroup, Video

AGAIN = timedelta(days=14)
AGAIN_AFTER_TROUBLE = timedelta(days=1)
LONGEST = 500  # characters of an address that is looked at
IN_TEXT = re.compile(r"\]\((https?://[^)\s]+)\)")
ROWS: list[tuple[type[models.Model], str]] = [(HelpLine, "url"), (SupportGroup, "url"), (Video, "url")]


class Link(NamedTuple):
    url: str
    where: str
    edit_url: str


def guide_links() -> Iterator[Link]:
    """Every outward address in what readers see, with the place where an editor changes it."""
    for source in Source.objects.all():
        yield Link(source.link, source.key, _edit(source))
    for model, field in ROWS:
        for row in model._default_manager.exclude(**{field: ""}):
            yield Link(getattr(row, field), str(row), _edit(row))
    for article in Article.objects.published():
        live = article.live_revision
        for url in IN_TEXT.findall(f"{live.in_short}\n{live.body}" if live else ""):
            yield Link(url, str(live.title if live else ""), _edit(article))


def check_a_link() -> int:
    """The worker's chore: ask one address that was never asked, or not for the longest time. Returns how many it asked.

    One at a time, since the worker has other things to do and no site should feel it.
    """
    if not settings.OUTBOUND_REQUESTS:
        return 0
    url = _next()
    if url:
        note_answer(url, ask(url))
    return int(bool(url))


def _next() -> str:
    wanted = {link.url for link in guide_links() if link.url and len(link.url) <= LONGEST}
    LinkCheck.objects.exclude(url__in=wanted).delete()
    last = dict(LinkCheck.objects.values_list("url", "checked_at"))
    if wanted - set(last):
        return min(wanted - set(last))
    due = LinkCheck.objects.due(timezone.now(), AGAIN, AGAIN_AFTER_TROUBLE).order_by("checked_at").first()
    return due.url if due else ""


def note_answer(url: str, answer: Answer) -> LinkCheck:
    """Keep what came; failures are counted in a row, and one good answer forgets them."""
    before = LinkCheck.objects.filter(url=url).first()
    failures = (before.failures if before else 0) + 1 if answer.trouble else 0
    found = {"status": answer.status, "trouble": answer.trouble[:200], "failures": failures}
    return LinkCheck.objects.update_or_create(url=url, defaults={**found, "checked_at": timezone.now()})[0]


def _edit(row: models.Model) -> str:
    return reverse(f"admin:guide_{row._meta.model_name}_change", args=[row.pk])
