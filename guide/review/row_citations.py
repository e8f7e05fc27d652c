"""What cites a source, which sources are one and the same, and which keys nobody knows."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models as db
from django.urls import reverse

from guide.models import Article, ArticleRevision, MatrixCell, OutcomeArm, ReferenceChange, Source
from guide.review.row_snapshot import GATED, Json, owned_by

CITATION = re.compile(r"\[\^(S\d{1,4})\]")


@dataclass(frozen=True)
class Use:
    """A place that cites a source: what it is, and where it is edited."""

    where: str
    edit_url: str


def used_in(source: Source) -> list[Use]:
    """Every article, draft, row and waiting change that cites it."""
    mark = f"[^{source.key}]"
    return [*_articles(mark), *_rows(source.key, mark), *_waiting(source.key)]


def _articles(mark: str) -> Iterator[Use]:
    """Live texts, and drafts that may still become live."""
    cites = db.Q(body__contains=mark) | db.Q(in_short__contains=mark)
    live = db.Q(pk__in=Article.objects.values("live_revision"))
    states = ArticleRevision.State
    waits = db.Q(state__in=[states.DRAFT, states.SUBMITTED, states.SENT_BACK])
    for revision in ArticleRevision.objects.filter(cites, live | waits).order_by("article_id", "number"):
        yield Use(str(revision), reverse("admin:guide_article_change", args=[revision.article_id]))


def _rows(key: str, mark: str) -> Iterator[Use]:
    models: list[type[db.Model]] = [*GATED.values(), MatrixCell, OutcomeArm]
    for model in models:
        if model is Source:
            continue
        texts = [f.name for f in model._meta.concrete_fields if isinstance(f, db.TextField)]
        cites = db.Q(sources__contains=[key]) if _lists_sources(model) else db.Q(pk__in=[])
        for name in texts:
            cites |= db.Q(**{f"{name}__contains": mark})
        related = ["treatment", "row"] if model is MatrixCell else []
        for row in model._default_manager.filter(cites).select_related(*related):
            yield Use(f"{model._meta.verbose_name}: {row}", _edit_url(row))


def _lists_sources(model: type[db.Model]) -> bool:
    return any(f.name == "sources" and isinstance(f, ArrayField) for f in model._meta.concrete_fields)


def _edit_url(row: Any) -> str:
    row = row.treatment if isinstance(row, MatrixCell) else row.figure if isinstance(row, OutcomeArm) else row
    return reverse(f"admin:guide_{row._meta.model_name}_change", args=[row.pk])


def _waiting(key: str) -> Iterator[Use]:
    for change in ReferenceChange.objects.open() | ReferenceChange.objects.planned():
        if not change.removes and key in cited_keys(GATED[change.model], change.fields):
            yield Use(f"a change that waits: {change.label}", reverse("admin:guide_change_review", args=[change.pk]))


def cited_keys(model: type[db.Model], fields: Json) -> set[str]:
    """Every source that the texts and lists of such a row name."""
    found = set(fields.get("sources") or []) if _lists_sources(model) else set()
    owned = owned_by(model)
    parts = fields.get(owned.name, []) if owned else []
    for text in (v for row in (fields, *parts) for v in row.values() if isinstance(v, str)):
        found |= set(CITATION.findall(text))
    return found


def unknown_keys(keys: Iterable[str]) -> list[str]:
    return sorted(set(keys) - set(Source.objects.filter(key__in=keys).values_list("key", flat=True)))


def plain_doi(doi: str) -> str:
    """The DOI without what people put before it, in lower case: as two of them are compared."""
    return re.sub(r"^(https?://)?((dx\.)?doi\.org/)?(doi:\s*)?", "", doi.strip().lower()).rstrip("/.")


def plain_url(url: str) -> str:
    """The address without scheme, www and what does not lead elsewhere."""
    return re.sub(r"^https?://(www\.)?", "", url.strip().lower().partition("#")[0]).rstrip("/")


def same_doi(doi: str, but: int | None) -> Source | None:
    """Another source of the same DOI."""
    mine = plain_doi(doi)
    others = Source.objects.exclude(doi="").exclude(pk=but or 0) if mine else []
    return next((s for s in others if plain_doi(s.doi) == mine), None)


def same_url(url: str, but: int | None) -> Source | None:
    """Another source of the same address; that may be right, where the two are parts of one page."""
    mine = plain_url(url)
    others = Source.objects.exclude(url="").exclude(pk=but or 0) if mine else []
    return next((s for s in others if plain_url(s.url) == mine), None)


def duplicates() -> list[tuple[str, list[Source]]]:
    """(what they share, the sources) for each DOI or address that more than one source has."""
    shared: dict[str, list[Source]] = {}
    for source in Source.objects.all():
        for mark in filter(None, (plain_doi(source.doi), plain_url(source.url))):
            shared.setdefault(mark, []).append(source)
    return [(mark, sources) for mark, sources in shared.items() if len(sources) > 1]
