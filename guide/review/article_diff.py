"""How two revisions of an article differ: in source, and as readers would see them."""

from typing import Any

from django.utils.safestring import SafeString, mark_safe

from guide.lint.article_notices import PARTS
from guide.models import ArticleRevision
from guide.text.diff import FieldDiff, diff_fields, rendered


def text_diff(old: ArticleRevision | None, new: ArticleRevision) -> list[FieldDiff]:
    """The parts of the text that differ."""
    labels = {key: label.capitalize() for key, label in PARTS.items()}
    return diff_fields((key, label, getattr(old, key, ""), getattr(new, key)) for key, label in labels.items())


def rendered_diff(old: ArticleRevision | None, new: ArticleRevision) -> dict[str, Any]:
    """For the template: the old page, the new page, and both in one, with changed words marked."""
    was, now, both = rendered(_page(old) if old else "", _page(new))
    pages = {"page_old": was, "page_new": now, "page_both": both}
    return {name: mark_safe(html) for name, html in pages.items()}  # noqa: S308


def _safe(html: str) -> SafeString:
    """HTML from stored, sanitized pages or from `plain`, which escapes."""
    return mark_safe(html)  # noqa: S308


def _page(revision: ArticleRevision) -> str:
    """Its stored HTML, sanitized when it was written."""
    return f"{revision.in_short_html}<hr>{revision.body_html}"
