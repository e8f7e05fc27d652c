"""Read the content files of guide/content/ into plain rows; every error names its file and line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from core.yaml_text import load_yaml
from guide.models import SitePage
from guide.text.located_text import LocatedText
from guide.text.markdown import CITATION, UNKNOWN_CITATION

FOLDER = Path(__file__).resolve().parents[1] / "content"
REQUIRED = {"title", "section", "position", "summary", "in_short", "safety", "related", "review_months", "written"}
PICTURE_FIELDS = {"title", "alt", "credit", "license"}
TABLES = [
    *("sections", "sources", "safety", "milestones", "figures", "side_effects", "helplines"),
    *("faq", "glossary", "treatments", "groups", "videos", "stories", "tools"),
    *("synonyms", "best_answers"),
]


class ContentError(ValueError):
    """A content file breaks a rule. The message begins with `file:line:`."""


@dataclass(frozen=True)
class ArticleFile:
    slug: str
    path: Path
    front: dict[str, Any]
    body: str
    body_line: int


@dataclass(frozen=True)
class SitePageFile:
    """A page about the site. Only the house rules have a `version`."""

    slug: str
    path: Path
    title: str
    summary: str
    version: int
    body: str
    body_line: int


@dataclass(frozen=True)
class PictureFiles:
    """A picture: the file that describes it, and the JPEG or PNG of the same name beside it."""

    key: str
    path: Path
    row: dict[str, Any]
    image: Path


@dataclass
class Content:
    articles: list[ArticleFile] = field(default_factory=list)
    site_pages: list[SitePageFile] = field(default_factory=list)
    pictures: list[PictureFiles] = field(default_factory=list)
    tables: dict[str, Any] = field(default_factory=dict)


def read_content(folder: Path = FOLDER) -> Content:
    """Read all files. Raises ContentError for a syntax error, a missing field or an invalid citation."""
    content = Content()
    for name in TABLES:
        path = folder / f"{name}.yaml"
        content.tables[name] = _yaml(path, path.read_text(), 1) if path.exists() else []
    content.pictures = [_picture(path) for path in sorted((folder / "pictures").glob("*.yaml"))]
    content.articles = [_article(path) for path in sorted((folder / "articles").glob("*.md"))]
    content.site_pages = [_site_page(path) for path in sorted((folder / "site").glob("*.md"))]
    keys = {source["key"] for source in content.tables["sources"]}
    for text in texts(content, folder):
        _check_citations(text, keys)
    return content


def texts(content: Content, folder: Path = FOLDER) -> Iterator[LocatedText]:
    """Yield every text: articles, their opening paragraphs, pages about the site, and strings in tables."""
    for article in content.articles:
        yield LocatedText(article.path, 1, f"{article.slug} in short", str(article.front["in_short"]))
        yield LocatedText(article.path, article.body_line, article.slug, article.body)
    for page in content.site_pages:
        yield LocatedText(page.path, page.body_line, f"site page {page.slug}", page.body)
    for picture in content.pictures:
        for where, text in _strings(picture.row, picture.key):
            yield LocatedText(picture.path, _line_of(picture.path.read_text(), text), where, text)
    for name, rows in content.tables.items():
        path = folder / f"{name}.yaml"
        source = path.read_text() if path.exists() else ""
        for where, text in _strings(rows, name):
            yield LocatedText(path, _line_of(source, text), where, text)


def _article(path: Path) -> ArticleFile:
    front, body, line = _front_and_body(path, REQUIRED)
    return ArticleFile(path.stem, path, front, body, line)


def _site_page(path: Path) -> SitePageFile:
    if path.stem not in SitePage.Slug.values:
        raise ContentError(
            f"{path.name}:1: there is no page with this name; the names are {', '.join(SitePage.Slug.values)}"
        )
    front, body, line = _front_and_body(path, {"title"})
    return SitePageFile(path.stem, path, front["title"], front.get("summary", ""), front.get("version", 1), body, line)


def _front_and_body(path: Path, required: set[str]) -> tuple[dict[str, Any], str, int]:
    """Return a file's front matter, its body, and the line where the body starts."""
    parts = path.read_text().split("---\n", 2)
    if not parts[2:] or parts[0]:
        raise ContentError(f"{path.name}:1: front matter between two lines of --- is missing")
    front = _yaml(path, parts[1], 2)
    missing = required - set(front or {})
    if missing:
        raise ContentError(f"{path.name}:1: the front matter lacks {', '.join(sorted(missing))}")
    return front, parts[2].strip() + "\n", parts[1].count("\n") + 3


def _picture(path: Path) -> PictureFiles:
    row = _yaml(path, path.read_text(), 1)
    missing = PICTURE_FIELDS - set(row or {})
    if missing:
        raise ContentError(f"{path.name}:1: the picture lacks {', '.join(sorted(missing))}")
    image = next((file for suffix in (".jpg", ".png") if (file := path.with_suffix(suffix)).exists()), None)
    if image is None:
        raise ContentError(f"{path.name}:1: there is no {path.stem}.jpg or {path.stem}.png beside it")
    return PictureFiles(path.stem, path, row, image)


def _yaml(path: Path, text: str, first_line: int) -> Any:
    try:
        return load_yaml(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + mark.line if mark else first_line
        raise ContentError(f"{path.name}:{line}: {getattr(error, 'problem', error)}") from error


def _check_citations(text: LocatedText, keys: set[str]) -> None:
    for match in UNKNOWN_CITATION.finditer(text.text):
        raise ContentError(f"{_place(text, match)}: {match[0]} is not a citation")
    for match in CITATION.finditer(text.text):
        if match[1] and match[1] not in keys:
            raise ContentError(f"{_place(text, match)}: source {match[1]} is not in sources.yaml")
        if match[3]:
            _check_date(text, match)


def _check_date(text: LocatedText, match: re.Match[str]) -> None:
    try:
        date.fromisoformat(match[3])
    except ValueError as error:
        raise ContentError(f"{_place(text, match)}: {match[3]} is not a date") from error


def _place(text: LocatedText, match: re.Match[str]) -> str:
    return f"{text.path.name}:{text.line + text.text.count(chr(10), 0, match.start())}"


def _strings(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, f"{where}.{key}")
    elif isinstance(value, list):
        for i, inner in enumerate(value, 1):
            yield from _strings(inner, f"{where}[{i}]")


def _line_of(source: str, text: str) -> int:
    """Return the line where a value starts, found by its first words, since the YAML parser does not keep it."""
    start = source.find(text.strip()[:24].split("\n")[0])
    return source.count("\n", 0, start) + 1 if start >= 0 else 1
