"""Open claims: statements without a checked source, and numbers that must be checked again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models as db

from guide.admin_urls import edit_url
from guide.models import (
    Article,
    GlossaryTerm,
    HelpLine,
    MatrixCell,
    Milestone,
    OutcomeFigure,
    Picture,
    Question,
    SafetyMessage,
    Story,
    SupportGroup,
    Video,
    VideoTopic,
)

MARK = re.compile(r"\[\^(S0|CHECK \d{4}-\d\d-\d\d)\]")
ANY_MARK = re.compile(r"\[\^[^\]]*\]")
TEXTS: list[tuple[type[db.Model], str]] = [
    (Question, "answer"),
    (GlossaryTerm, "definition"),
    (SafetyMessage, "text"),
    (Milestone, "text"),
    (MatrixCell, "detail"),
    (OutcomeFigure, "note"),
    (Picture, "caption"),
    (SupportGroup, "description"),
    (SupportGroup, "medicines"),
    (VideoTopic, "good_video"),
    (Video, "warning"),
    (Story, "text"),
]


@dataclass(frozen=True)
class OpenClaim:
    """`why` is S0 (a clinician must find a source), CHECK with the date of the last check, or OWNER.

    OWNER is a help line's number that was not seen on its owner's own page.
    """

    where: str
    edit_url: str
    text: str
    why: str


def find_open_claims() -> list[OpenClaim]:
    """Return all marked claims in live texts, articles first, and the numbers not seen on their owner's page."""
    claims = [claim for article in Article.objects.published() for claim in _of_article(article)]
    for model, field in TEXTS:
        for row in model._default_manager.select_related().filter(**{f"{field}__contains": "[^"}):
            claims.extend(_marked(str(row), edit_url(row), getattr(row, field)))
    unseen = HelpLine.objects.filter(seen_at_owner=False).exclude(phone="", sms="")
    claims.extend(OpenClaim(str(line), edit_url(line), f"{line.phone} {line.sms}".strip(), "OWNER") for line in unseen)
    return claims


def _of_article(article: Article) -> Iterator[OpenClaim]:
    live = article.live
    yield from _marked(live.title, edit_url(article), f"{live.in_short}\n{live.body}")


def _marked(where: str, url: str, text: str) -> Iterator[OpenClaim]:
    for line in text.splitlines():
        for sentence in re.split(r"(?<=\])\s+(?=[A-Z*])", line):
            for why in dict.fromkeys(MARK.findall(sentence)):
                yield OpenClaim(where, url, ANY_MARK.sub("", sentence).strip(" -*|"), why)
