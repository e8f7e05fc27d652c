"""Export the live guide as content files for load_guide. Drafts and history are not exported."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.db import models
from django.template.loader import render_to_string

from accounts.house_rules import current_version
from guide.content_io.reader import FOLDER
from guide.content_io.yaml_format import Folded, Keys, as_article, as_yaml, without_empty
from guide.models import (
    Article,
    ArticleRevision,
    BestAnswer,
    GlossaryTerm,
    HelpLine,
    MatrixRow,
    Milestone,
    OutcomeFigure,
    Picture,
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
from guide.pages.article_context import review_status
from guide.pictures.files import widest

Row = dict[str, Any]
# Files that are not in the database; they are copied unchanged.
COPIED = ["tools.yaml", "README.md"]
OURS = ["articles/*.md", "pictures/*.yaml", "pictures/*.jpg", "pictures/*.png"]  # files that an export may remove
ZIP_DATE = (2000, 1, 1, 0, 0, 0)  # constant, so that the same guide gives the same zip


def guide_files() -> dict[str, str]:
    """Return the text of every file of the guide by its path within the folder."""
    files = {f"{name}.yaml": as_yaml(rows()) for name, rows in TABLES.items()}
    articles, messages = list(_articles()), list(SafetyMessage.objects.all())
    files |= {f"articles/{article.slug}.md": _article(article, messages, articles) for article in articles}
    files |= {f"site/{page.slug}.md": _site_page(page) for page in SitePage.objects.all()}
    files |= {f"pictures/{picture.key}.yaml": as_yaml(_picture(picture)) for picture in Picture.objects.all()}
    return files | {name: (FOLDER / name).read_text() for name in COPIED}


def image_files() -> dict[str, bytes]:
    """Return the widest file of every picture by its path within the folder. The others are made from it."""
    stored = [(picture, picture.stored) for picture in Picture.objects.all()]
    return {f"pictures/{picture.key}.{file.suffix}": widest(picture.file) for picture, file in stored if file}


def write_guide(folder: Path) -> list[str]:
    """Write the guide into a folder. Return the files that were removed because their page or picture is gone.

    Files are removed only from a folder that already contains a guide.
    """
    files: dict[str, bytes] = {name: text.encode() for name, text in guide_files().items()} | image_files()
    was_guide = (folder / "sections.yaml").exists()
    found = [file for pattern in OURS for file in sorted(folder.glob(pattern))]
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    obsolete = [file for file in found if str(file.relative_to(folder)) not in files] if was_guide else []
    for file in obsolete:
        file.unlink()
    return [str(file.relative_to(folder)) for file in obsolete]


def zip_guide(*, translators: bool) -> bytes:
    """Return the guide's files as a zip, for translators with a README and a list of terms."""
    files: dict[str, str | bytes] = {f"guide/{name}": text for name, text in guide_files().items()}
    files |= {f"guide/{name}": image for name, image in image_files().items()}
    if translators:
        files |= {"README.md": _translators_readme(), "terms.csv": _terms()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _translators_readme() -> str:
    live = [article.live_revision for article in Article.objects.published()]
    words = sum(len(f"{text.in_short} {text.body}".split()) for text in live if text)
    return render_to_string("guide/content_io/for_translators.md", {"articles": len(live), "words": words})


def _terms() -> str:
    """Return the glossary as CSV, with an empty column for the translation.

    A cell that a spreadsheet would read as a formula starts with an apostrophe.
    """
    buffer = io.StringIO()
    sheet = csv.writer(buffer)
    sheet.writerow(["key", "term", "also called", "slang", "meaning", "translation"])
    for term in GlossaryTerm.objects.order_by("term", "pk"):
        aliases, slang = ", ".join(term.aliases), ", ".join(term.nicknames)
        sheet.writerow([_cell(text) for text in (term.slug, term.term, aliases, slang, term.definition)] + [""])
    return "\ufeff" + buffer.getvalue()  # the mark by which spreadsheets recognize UTF-8


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _articles() -> models.QuerySet[Article]:
    return Article.objects.published().in_reading_order().prefetch_related("former_slugs")


def _article(article: Article, messages: list[SafetyMessage], pages: list[Article]) -> str:
    live = article.live
    front = {
        "title": live.title,
        "section": live.section.key,
        "position": live.position,
        "language": live.language if live.language != ArticleRevision.Language.ENGLISH else "",
        "summary": live.summary,
        "in_short": Folded(live.in_short.strip() + "\n"),
        "safety": Keys(message.key for message in messages if message.pk in live.safety_messages),
        "related": Keys(other.slug for other in pages if other.pk in live.related),
        "review_months": live.review_months,
        "written": live.written_on,
        "former_slugs": Keys(sorted(former.slug for former in article.former_slugs.all())),
        "changes": [{"on": day, "note": note} for day, note in review_status(article).changes],
    }
    return as_article(without_empty(front, "former_slugs", "changes", "language"), live.body)


def _site_page(page: SitePage) -> str:
    front: Row = {"title": page.title, "summary": page.summary}
    if page.slug == SitePage.Slug.HOUSE_RULES:
        front["version"] = current_version()
    return as_article(without_empty(front, "summary"), page.body)


def _plain(model: type[models.Model], names: str, *optional: str) -> Callable[[], list[Row]]:
    """Return a function that lists the table's rows in order of creation, with these fields."""

    def rows() -> list[Row]:
        found = model._default_manager.order_by("pk")
        return [without_empty(_fields(row, names.split()), *optional) for row in found]

    return rows


def _fields(row: models.Model, names: Iterable[str]) -> Row:
    values = {name: getattr(row, name) for name in names}
    return {name: Keys(value) if isinstance(value, list) else value for name, value in values.items()}


def _picture(picture: Picture) -> Row:
    row = _fields(picture, ["title", "alt", "caption", "credit", "license", "source_url"])
    return without_empty(row, "caption", "source_url")


def _side_effects() -> list[Row]:
    names = ["form", "name", "percent", "placebo", "trial", "sources"]
    return [
        {**_fields(row, names), "check": row.check_date, "position": row.position}
        for row in SideEffect.objects.order_by("pk")
    ]


def _figures() -> list[Row]:
    found = []
    for figure in OutcomeFigure.objects.order_by("pk").prefetch_related("arms"):
        row = _fields(figure, ["slug", "title", "finding", "measure", "population", "out_of", "good"])
        row["arms"] = [{"label": arm.label, "count": arm.count} for arm in figure.arms.all()]
        found.append(without_empty({**row, **_fields(figure, ["sources", "note"])}, "note"))
    return found


def _questions() -> list[Row]:
    return [
        {
            "group": group.key,
            "group_title": group.title,
            "questions": [_fields(question, ["slug", "question", "answer"]) for question in group.questions.all()],
        }
        for group in QuestionGroup.objects.prefetch_related("questions")
    ]


def _treatments() -> Row:
    found = []
    for treatment in Treatment.objects.select_related("article").prefetch_related("cells__row"):
        row = _fields(treatment, ["slug", "name", "brands", "kind"])
        article = treatment.article
        row["article"] = article.slug if article and article.live_revision_id else None
        row["sources"] = Keys(treatment.sources)
        row["cells"] = {cell.row.key: {"short": cell.short, "detail": cell.detail} for cell in treatment.cells.all()}
        found.append(row)
    return {"rows": [_fields(row, ["key", "question"]) for row in MatrixRow.objects.all()], "treatments": found}


def _videos() -> Row:
    names = ["title", "maker", "url", "embed_id", "published", "captions", "commercial", "warning", "reviewer"]
    videos = [
        without_empty({"topic": v.topic.slug, **_fields(v, [*names, "sources", "checked"])}, "embed_id", "reviewer")
        for v in Video.objects.select_related("topic").order_by("pk")
    ]
    return {"topics": [_fields(t, ["slug", "title", "good_video"]) for t in VideoTopic.objects.all()], "videos": videos}


def _stories() -> list[Row]:
    return [
        {
            **_fields(story, ["slug", "name", "title", "position"]),
            "safety": Keys(message.key for message in story.safety_messages.all()),
            "text": story.text,
        }
        for story in Story.objects.order_by("pk").prefetch_related("safety_messages")
    ]


TABLES: dict[str, Callable[[], Any]] = {
    "sections": _plain(Section, "key title summary position"),
    "sources": _plain(Source, "key title authors publisher year doi url kind checked seen verify note"),
    "safety": _plain(SafetyMessage, "key level position title text trigger_words"),
    "milestones": _plain(Milestone, "date sort use title text"),
    "figures": _figures,
    "side_effects": _side_effects,
    "helplines": _plain(
        HelpLine,
        "country need name phone sms url note sources seen_at_owner checked position",
        *("phone", "sms", "url", "note"),
    ),
    "faq": _questions,
    "glossary": _plain(GlossaryTerm, "slug term aliases nicknames definition"),
    "treatments": _treatments,
    "groups": _plain(
        SupportGroup,
        "slug name kind url phone position checked sources description medicines",
        *("url", "phone", "medicines"),
    ),
    "videos": _videos,
    "stories": _stories,
    "synonyms": _plain(SearchSynonym, "means words"),
    "best_answers": _plain(BestAnswer, "address searches"),
}
