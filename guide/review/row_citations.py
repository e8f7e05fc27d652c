"""Which places cite a source, which sources are duplicates, and which cited keys are unknown."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models as db
from django.urls import reverse

from guide.models import Article, ArticleRevision, MatrixCell, OutcomeArm, Proposal, Source
from guide.review.row_snapshot import REFERENCE_MODELS, Json, owned_by

CITATION = re.compile(r"\[\^(S\d{1,4})\]")


@dataclass(frozen=True)
class Use:
    """A place that cites a source, and where it is edited."""

    where: str
    edit_url: str


def used_in(source: Source) -> list[Use]:
    """Every article, draft, row and unpublished proposal that cites it."""
    mark = f"[^{source.key}]"
    return [*_articles(mark), *_rows(source.key, mark), *_proposals(source.key)]


def _articles(mark: str) -> Iterator[Use]:
    """Live texts, and those that may still be published."""
    cites = db.Q(body__contains=mark) | db.Q(in_short__contains=mark)
    live = db.Q(pk__in=Article.objects.values("live_revision"))
    unpublished = db.Q(proposal__in=Proposal.objects.unpublished().values("pk"))
    for revision in ArticleRevision.objects.filter(cites, live | unpublished).order_by("article_id", "number"):
        yield Use(str(revision), reverse("admin:guide_article_change", args=[revision.article_id]))


def _rows(key: str, mark: str) -> Iterator[Use]:
    models: list[type[db.Model]] = [*REFERENCE_MODELS.values(), MatrixCell, OutcomeArm]
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


def _proposals(key: str) -> Iterator[Use]:
    for proposal in Proposal.objects.unpublished().of_rows().filter(removes=False):
        if key in cited_keys(REFERENCE_MODELS[proposal.model], proposal.content):
            yield Use(f"a proposal: {proposal.label}", reverse("admin:guide_proposal_review", args=[proposal.pk]))


def cited_keys(model: type[db.Model], fields: Json) -> set[str]:
    """Every source that the texts and lists of such a row cite."""
    found = set(fields.get("sources") or []) if _lists_sources(model) else set()
    owned = owned_by(model)
    parts = fields.get(owned.name, []) if owned else []
    for text in (v for row in (fields, *parts) for v in row.values() if isinstance(v, str)):
        found |= set(CITATION.findall(text))
    return found


def unknown_keys(keys: Iterable[str]) -> list[str]:
    return sorted(set(keys) - set(Source.objects.filter(key__in=keys).values_list("key", flat=True)))


def plain_doi(doi: str) -> str:
    """The DOI in lower case and without a prefix, for comparison."""
    return re.sub(r"^(https?://)?((dx\.)?doi\.org/)?(doi:\s*)?", "", doi.strip().lower()).rstrip("/.")


def plain_url(url: str) -> str:
    """The address without scheme, www, fragment and final slash, for comparison."""
    return re.sub(r"^https?://(www\.)?", "", url.strip().lower().partition("#")[0]).rstrip("/")


def same_doi(doi: str, but: int | None) -> Source | None:
    """Another source with the same DOI."""
    mine = plain_doi(doi)
    others = Source.objects.exclude(doi="").exclude(pk=but or 0) if mine else []
    return next((s for s in others if plain_doi(s.doi) == mine), None)


def same_url(url: str, but: int | None) -> Source | None:
    """Another source with the same address, which may be right: two parts of one page."""
    mine = plain_url(url)
    others = Source.objects.exclude(url="").exclude(pk=but or 0) if mine else []
    return next((s for s in others if plain_url(s.url) == mine), None)


def duplicates() -> list[tuple[str, list[Source]]]:
    """(the shared DOI or address, its sources) wherever there is more than one source."""
    shared: dict[str, list[Source]] = {}
    for source in Source.objects.all():
        for mark in filter(None, (plain_doi(source.doi), plain_url(source.url))):
            shared.setdefault(mark, []).append(source)
    return [(mark, sources) for mark, sources in shared.items() if len(sources) > 1]
