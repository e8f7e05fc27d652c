"""Load the content files into the database. Never overwrites what an editor changed."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction

from accounts.house_rules import record_text
from guide.content_io.reader import ArticleFile, Content, ContentError, PictureFiles, SitePageFile
from guide.models import (
    Article,
    ArticleRevision,
    BestAnswer,
    FormerSlug,
    GlossaryTerm,
    HelpLine,
    MatrixCell,
    MatrixRow,
    Milestone,
    OutcomeArm,
    OutcomeFigure,
    Picture,
    Proposal,
    Question,
    QuestionGroup,
    SafetyMessage,
    SearchSynonym,
    Section,
    SideEffect,
    SitePage,
    Source,
    Story,
    SupportGroup,
    Treatment,
    Video,
    VideoTopic,
)
from guide.pages.blocks import UnknownBlock, fill_blocks
from guide.pictures.uploads import InvalidPicture, store_again
from guide.review.drafts import same_page
from guide.review.revisions import Draft, guide_changed, publish_loaded, write_revision
from guide.review.snapshot import snapshot

Row = dict[str, Any]


@dataclass
class Report:
    """What was loaded and skipped, as printed by the command."""

    loaded: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.loaded)


@transaction.atomic
def load_guide(content: Content) -> Report:
    """Load what is missing, and newer files of articles that no editor changed. Raises ContentError and then loads nothing."""
    report = Report()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL guide.loading = 'on'")  # rows from files need no proposal: guide/models/triggers.py
    _load_tables(content.tables, report)
    _load_pictures(content.pictures, report)
    _load_articles(content.articles, report)
    _load_treatments(content.tables["treatments"] or {}, report)
    _load_site_pages(content.site_pages, report)
    _check_blocks(content)
    if report.changed:
        guide_changed()
    return report


def _load_tables(tables: dict[str, Any], report: Report) -> None:
    _rows(Section, "key", tables["sections"], report)
    _rows(Source, "key", map(_without_none, tables["sources"]), report)
    _rows(SafetyMessage, "key", tables["safety"], report)
    _rows(GlossaryTerm, "slug", map(_without_none, tables["glossary"]), report)
    _rows(SupportGroup, "slug", map(_without_none, tables["groups"]), report)
    _table(Milestone, tables["milestones"], report)
    _table(SideEffect, ({**row, "check_date": row.get("check")} for row in tables["side_effects"]), report)
    _table(HelpLine, map(_without_none, tables["helplines"]), report)
    _load_figures(tables["figures"], report)
    _load_questions(tables["faq"], report)
    _load_videos(tables["videos"] or {}, report)
    _load_stories(tables["stories"], report)
    _rows(SearchSynonym, "means", tables["synonyms"], report)
    _rows(BestAnswer, "address", tables["best_answers"], report)


def _rows(model: type[models.Model], key: str, rows: Iterable[Row], report: Report) -> None:
    """Create the rows whose key does not exist yet; leave all others unchanged."""
    existing = set(model._default_manager.values_list(key, flat=True))
    new = [model(**_fields(model, row)) for row in rows if row[key] not in existing]
    model._default_manager.bulk_create(new)
    report.loaded.extend(f"{model._meta.verbose_name} {getattr(row, key)}" for row in new)


def _table(model: type[models.Model], rows: Iterable[Row], report: Report) -> None:
    """Load rows without a key, only into an empty table."""
    if model._default_manager.exists():
        return
    new = model._default_manager.bulk_create([model(**_fields(model, row)) for row in rows])
    if new:
        report.loaded.append(f"{len(new)} {model._meta.verbose_name_plural}")


def _fields(model: type[models.Model], row: Row) -> Row:
    names = {f.name for f in model._meta.concrete_fields}
    return {name: value for name, value in row.items() if name in names}


def _without_none(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}


def _load_figures(rows: list[Row], report: Report) -> None:
    _rows(OutcomeFigure, "slug", map(_without_none, rows), report)
    figures = OutcomeFigure.objects.filter(arms__isnull=True).in_bulk(field_name="slug")
    OutcomeArm.objects.bulk_create(
        OutcomeArm(figure=figures[row["slug"]], label=arm["label"], count=arm["count"], position=i)
        for row in rows
        if row["slug"] in figures
        for i, arm in enumerate(row["arms"])
    )


def _load_questions(groups: list[Row], report: Report) -> None:
    rows = [{"key": g["group"], "title": g["group_title"], "position": i} for i, g in enumerate(groups)]
    _rows(QuestionGroup, "key", rows, report)
    by_key = QuestionGroup.objects.in_bulk(field_name="key")
    questions = [
        {**q, "group": by_key[g["group"]], "position": i} for g in groups for i, q in enumerate(g["questions"])
    ]
    _rows(Question, "slug", questions, report)


def _load_videos(tables: Row, report: Report) -> None:
    topics = [{**row, "position": i} for i, row in enumerate(tables.get("topics", []))]
    _rows(VideoTopic, "slug", topics, report)
    by_slug = VideoTopic.objects.in_bulk(field_name="slug")
    videos = [{**_without_none(row), "topic": by_slug[row["topic"]]} for row in tables.get("videos", [])]
    for video in videos:
        video["published"] = str(video.get("published", ""))
    _table(Video, videos, report)


def _load_stories(rows: list[Row], report: Report) -> None:
    before = set(Story.objects.values_list("slug", flat=True))
    _rows(Story, "slug", rows, report)
    for row in rows:
        if row["slug"] not in before:
            story = Story.objects.get(slug=row["slug"])
            story.safety_messages.set(SafetyMessage.objects.filter(key__in=row.get("safety") or []))


def _load_pictures(pictures: list[PictureFiles], report: Report) -> None:
    existing = set(Picture.objects.values_list("key", flat=True))
    for picture in pictures:
        if picture.key not in existing:
            _load_picture(picture)
            report.loaded.append(f"picture {picture.key}")


def _load_picture(picture: PictureFiles) -> None:
    """Store the picture's row and its files, which are all made from the one in the folder."""
    try:
        row = Picture(
            key=picture.key, file=str(store_again(picture.image.read_bytes())), **_fields(Picture, picture.row)
        )
        row.full_clean()
    except InvalidPicture as error:
        raise ContentError(f"{picture.image.name}: {error}") from error
    except ValidationError as error:
        raise ContentError(f"{picture.path.name}:1: {' '.join(error.messages)}") from error
    row.save()


def _load_treatments(tables: Row, report: Report) -> None:
    rows = [{**row, "position": i} for i, row in enumerate(tables.get("rows", []))]
    _rows(MatrixRow, "key", rows, report)
    articles = Article.objects.in_bulk(field_name="slug")
    treatments = [
        {**_without_none(row), "article": articles.get(row.get("article")), "position": i}
        for i, row in enumerate(tables.get("treatments", []))
    ]
    _rows(Treatment, "slug", treatments, report)
    by_key, by_slug = MatrixRow.objects.in_bulk(field_name="key"), Treatment.objects.in_bulk(field_name="slug")
    existing = set(MatrixCell.objects.values_list("treatment__slug", "row__key"))
    MatrixCell.objects.bulk_create(
        MatrixCell(treatment=by_slug[t["slug"]], row=by_key[key], short=cell["short"], detail=cell["detail"])
        for t in treatments
        for key, cell in t["cells"].items()
        if (t["slug"], key) not in existing
    )


def _load_articles(files: list[ArticleFile], report: Report) -> None:
    """Create all articles first, since pages name each other, then publish their texts."""
    articles = {file.slug: _find_article(file.slug) for file in files}
    for file in files:
        _load_article(file, articles, report)


def _find_article(slug: str) -> Article:
    """Return the article with this slug, now or formerly, or a new one."""
    former = FormerSlug.objects.filter(slug=slug).select_related("article__live_revision").first()
    found = former.article if former else Article.objects.filter(slug=slug).select_related("live_revision").first()
    return found or Article.objects.create(slug=slug)


def _load_article(file: ArticleFile, articles: dict[str, Article], report: Report) -> None:
    """Publish the file's page if it is newer, unless an editor wrote a revision of it."""
    article, digest = articles[file.slug], _digest(file)
    if article.content_digest == digest:
        return
    if article.revisions.filter(author__isnull=False).exists():
        report.skipped.append(f"article {file.slug}: edited in the admin")
        return
    article.content_digest, article.earlier_changes = digest, _changes(file)
    article.save(update_fields=["content_digest", "earlier_changes"])
    for slug in file.front.get("former_slugs") or []:
        FormerSlug.objects.get_or_create(slug=slug, defaults={"article": article})
    draft, live = _draft(file, articles), article.live_revision
    if live is None or live.written_on != draft.written_on or not same_page(snapshot(live), draft.content()):
        publish_loaded(write_revision(article, draft, by=None))
    report.loaded.append(f"article {file.slug}")


def _digest(file: ArticleFile) -> str:
    return hashlib.sha256((json.dumps(file.front, default=str, sort_keys=True) + file.body).encode()).hexdigest()


def _draft(file: ArticleFile, articles: dict[str, Article]) -> Draft:
    front = file.front
    return Draft(
        front["title"],
        front["summary"],
        front["in_short"].strip(),
        file.body,
        "Content files",
        safety_messages=_safety(file),
        related=_related(file, articles),
        slug=file.slug,
        section=_section(file),
        position=front["position"],
        language=front.get("language", ArticleRevision.Language.ENGLISH),
        review_months=front["review_months"],
        written_on=front["written"],
    )


def _changes(file: ArticleFile) -> list[list[str]]:
    return [[str(change["on"]), change["note"]] for change in file.front.get("changes", [])]


def _section(file: ArticleFile) -> int:
    try:
        return Section.objects.get(key=file.front["section"]).pk
    except Section.DoesNotExist as error:
        raise ContentError(f"{file.path.name}:1: there is no section {file.front['section']!r}") from error


def _safety(file: ArticleFile) -> list[int]:
    found = SafetyMessage.objects.in_bulk(file.front["safety"], field_name="key")
    missing = set(file.front["safety"]) - set(found)
    if missing:
        raise ContentError(f"{file.path.name}:1: there is no safety message {', '.join(sorted(missing))}")
    return sorted(message.pk for message in found.values())


def _related(file: ArticleFile, articles: dict[str, Article]) -> list[int]:
    unknown = set(file.front["related"]) - set(articles)
    if unknown:
        raise ContentError(f"{file.path.name}:1: related names no article {', '.join(sorted(unknown))}")
    return sorted(articles[slug].pk for slug in file.front["related"])


def _load_site_pages(files: list[SitePageFile], report: Report) -> None:
    """Store each new page, and each newer file of a page to which no change was published."""
    rows = SitePage.objects.in_bulk(field_name="slug")
    published = set(
        Proposal.objects.filter(model="sitepage", state=Proposal.State.PUBLISHED).values_list("object_id", flat=True)
    )
    for file in files:
        row = rows.get(file.slug) or SitePage(slug=file.slug)
        if (row.title, row.summary, row.body) == (file.title, file.summary, file.body):
            continue
        if row.pk in published:
            report.skipped.append(f"page {file.slug}: edited in the admin")
            continue
        row.title, row.summary, row.body = file.title, file.summary, file.body
        row.save()
        report.loaded.append(f"page {file.slug}")
        if file.slug == SitePage.Slug.HOUSE_RULES:
            record_text(file.body, at_least=file.version)


def _check_blocks(content: Content) -> None:
    files: list[ArticleFile | SitePageFile] = [*content.articles, *content.site_pages]
    for file in files:
        for number, line in enumerate(file.body.splitlines(), file.body_line):
            _check_block(file, number, line.strip())


def _check_block(file: ArticleFile | SitePageFile, number: int, line: str) -> None:
    if not (line.startswith("[[") and line.endswith("]]")):
        return
    try:
        fill_blocks(f'<div data-part="{line[2:-2]}"></div>')
    except UnknownBlock as error:
        raise ContentError(f"{file.path.name}:{number}: {error}") from error
