"""Differences between two revisions of an article, in source and as rendered."""

from typing import Any

from django.utils.safestring import mark_safe

from guide.lint.article_notices import PARTS
from guide.models import ArticleRevision
from guide.text.diff import FieldDiff, diff_fields, rendered


def text_diff(old: ArticleRevision | None, new: ArticleRevision) -> list[FieldDiff]:
    """Return the parts of the text that differ."""
    labels = {key: label.capitalize() for key, label in PARTS.items()}
    return diff_fields((key, label, getattr(old, key, ""), getattr(new, key)) for key, label in labels.items())


def rendered_diff(old: ArticleRevision | None, new: ArticleRevision) -> dict[str, Any]:
    """Return the old page, the new page and both in one, with changed words marked, as template context."""
    old_page, new_page, both = rendered(_page(old) if old else "", _page(new))
    pages = {"page_old": old_page, "page_new": new_page, "page_both": both}
    return {name: mark_safe(html) for name, html in pages.items()}  # noqa: S308


def _page(revision: ArticleRevision) -> str:
    """Return the stored HTML, which was sanitized when it was written."""
    return f"{revision.in_short_html}<hr>{revision.body_html}"
