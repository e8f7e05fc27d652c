"""Claims that somebody must still look at: general knowledge without a source seen, and numbers that age."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models as db
from django.urls import reverse

from guide.models import (
    Article,
    GlossaryTerm,
    MatrixCell,
    Milestone,
    OutcomeFigure,
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
    (SupportGroup, "description"),
    (SupportGroup, "medicines"),
    (VideoTopic, "good_video"),
    (Video, "warning"),
    (Story, "text"),
]


@dataclass(frozen=True)
class Claim:
    """`why` is S0 (a clinician must find a source) or CHECK with the date of the last look."""

    where: str
    edit_url: str
    words: str
    why: str


def claims_to_verify() -> list[Claim]:
    """All marked claims in what is live now, articles first."""
    claims = [claim for article in Article.objects.published() for claim in _of_article(article)]
    for model, field in TEXTS:
        for row in model._default_manager.select_related().filter(**{f"{field}__contains": "[^"}):
            claims.extend(_marked(str(row), _edit_url(row), getattr(row, field)))
    return claims


def _of_article(article: Article) -> Iterator[Claim]:
    live = article.live
    yield from _marked(live.title, _edit_url(article), f"{live.in_short}\n{live.body}")


def _marked(where: str, url: str, text: str) -> Iterator[Claim]:
    for line in text.splitlines():
        for sentence in re.split(r"(?<=\])\s+(?=[A-Z*])", line):
            for why in dict.fromkeys(MARK.findall(sentence)):
                yield Claim(where, url, ANY_MARK.sub("", sentence).strip(" -*|"), why)


def _edit_url(row: db.Model) -> str:
    row = row.treatment if isinstance(row, MatrixCell) else row
    return reverse(f"admin:guide_{row._meta.model_name}_change", args=[row.pk])
