"""Citations: the places that cite a source, duplicate sources, and cited keys that do not exist."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db import models as db
from django.urls import reverse

from guide.admin_urls import edit_url
from guide.models import Article, ArticleRevision, MatrixCell, OutcomeArm, Picture, Proposal, Source
from guide.review.snapshot import REFERENCE_MODELS, Json, owned_by

CITATION = re.compile(r"\[\^(S\d{1,4})\]")


@dataclass(frozen=True)
class Use:
    """A place that cites a source, and the page on which to edit it."""

    where: str
    edit_url: str


def uses_of(source: Source) -> list[Use]:
    """Return every live article, draft, row and unpublished proposal that cites the source."""
    mark = f"[^{source.key}]"
    return [*_articles(mark), *_rows(source.key, mark), *_proposals(source.key)]


def picture_uses(picture: Picture) -> list[Use]:
    """Return every live article and draft that shows the picture."""
    return list(_articles(f"[[picture:{picture.key}]]"))


def _articles(mark: str) -> Iterator[Use]:
    """Search live texts and those that may still be published."""
    cites = db.Q(body__contains=mark) | db.Q(in_short__contains=mark)
    live = db.Q(pk__in=Article.objects.values("live_revision"))
    unpublished = db.Q(proposal__in=Proposal.objects.unpublished().values("pk"))
    revisions = ArticleRevision.objects.filter(cites, live | unpublished).select_related("article")
    for revision in revisions.order_by("article_id", "number"):
        yield Use(str(revision), edit_url(revision.article))


def _rows(key: str, mark: str) -> Iterator[Use]:
    models: list[type[db.Model]] = [*REFERENCE_MODELS.values(), MatrixCell, OutcomeArm]
    for model in models:
        if model is Source:
            continue
        texts = [f.name for f in model._meta.concrete_fields if isinstance(f, db.TextField)]
        cites = db.Q(sources__contains=[key]) if _lists_sources(model) else db.Q(pk__in=[])
        for name in texts:
            cites |= db.Q(**{f"{name}__contains": mark})
        related = {MatrixCell: ["treatment", "row"], OutcomeArm: ["figure"]}.get(model, [])
        for row in model._default_manager.filter(cites).select_related(*related):
            yield Use(f"{model._meta.verbose_name}: {row}", edit_url(row))


def _lists_sources(model: type[db.Model]) -> bool:
    return any(f.name == "sources" and isinstance(f, ArrayField) for f in model._meta.concrete_fields)


def _proposals(key: str) -> Iterator[Use]:
    for proposal in Proposal.objects.unpublished().of_rows().filter(removes=False):
        if key in cited_keys(REFERENCE_MODELS[proposal.model], proposal.content):
            yield Use(f"a proposal: {proposal.label}", reverse("admin:guide_proposal_review", args=[proposal.pk]))


def cited_keys(model: type[db.Model], fields: Json) -> set[str]:
    """Return the keys of all sources that a row with these fields cites, in its texts and its list of sources."""
    found = set(fields.get("sources") or []) if _lists_sources(model) else set()
    owned = owned_by(model)
    parts = fields.get(owned.name, []) if owned else []
    for text in (v for row in (fields, *parts) for v in row.values() if isinstance(v, str)):
        found |= set(CITATION.findall(text))
    return found


def unknown_source_errors(keys: Collection[str]) -> list[str]:
    """Return an error message for each key that no source has."""
    unknown = set(keys) - set(Source.objects.filter(key__in=keys).values_list("key", flat=True))
    return [f"There is no source {key}." for key in sorted(unknown)]


def plain_doi(doi: str) -> str:
    """Return the DOI in lower case and without a prefix, for comparison."""
    return re.sub(r"^(https?://)?((dx\.)?doi\.org/)?(doi:\s*)?", "", doi.strip().lower()).rstrip("/.")


def plain_url(url: str) -> str:
    """Return the URL without scheme, www, fragment and final slash, for comparison."""
    return re.sub(r"^https?://(www\.)?", "", url.strip().lower().partition("#")[0]).rstrip("/")


def find_same_doi(doi: str, exclude_pk: int | None) -> Source | None:
    """Return another source with the same DOI."""
    return _find_same("doi", plain_doi, doi, exclude_pk)


def find_same_url(url: str, exclude_pk: int | None) -> Source | None:
    """Return another source with the same URL. That may be right: two parts of one page."""
    return _find_same("url", plain_url, url, exclude_pk)


def _find_same(field: str, normalize: Callable[[str], str], value: str, exclude_pk: int | None) -> Source | None:
    wanted = normalize(value)
    others = Source.objects.exclude(**{field: ""}).exclude(pk=exclude_pk or 0) if wanted else []
    return next((source for source in others if normalize(getattr(source, field)) == wanted), None)


def duplicates() -> list[tuple[str, list[Source]]]:
    """Return (shared DOI or URL, its sources) for each that several sources have."""
    shared: dict[str, list[Source]] = {}
    for source in Source.objects.all():
        for mark in filter(None, (plain_doi(source.doi), plain_url(source.url))):
            shared.setdefault(mark, []).append(source)
    return [(mark, sources) for mark, sources in shared.items() if len(sources) > 1]
