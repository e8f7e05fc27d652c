"""Pages about the site as readers see them: the published row or, before there is one, its content file."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from core.yaml_text import load_yaml
from guide.admin_urls import edit_url
from guide.models import SitePage, Source
from guide.pages.blocks import PLACEHOLDER, UnknownBlock, fill_blocks
from guide.pages.site_facts import fill_facts
from guide.pages.unreviewed_notices import notice_for_row, unreviewed_rows
from guide.text.markdown import number_citations, render_fragment

FOLDER = Path(__file__).resolve().parents[1] / "content" / "site"


class ShownPage(NamedTuple):
    """A page with its Markdown rendered, the sources that it cites, and the URL of its admin form if it is stored."""

    title: str
    summary: str
    html: SafeString
    sources: list[Source]
    edit_url: str


def site_page(slug: str) -> ShownPage:
    """Return the page as readers see it now, with a notice while no one has reviewed it."""
    page = find(slug)
    return shown(page, notice_for_row(page, unreviewed_rows()) if page.pk else "")


def find(slug: str) -> SitePage:
    return SitePage.objects.filter(slug=slug).first() or from_file(slug)


def site_html(text: str) -> str:
    """Render the Markdown of a page about the site. Raises UnknownBlock."""
    return fill_blocks(fill_facts(render_fragment(text)))


def shown(page: SitePage, notice: str = "", render: Callable[[str], str] = site_html) -> ShownPage:
    """Return the page as readers would see it. `render` turns its Markdown into HTML."""
    html, keys = number_citations(notice + render(page.body))
    text = mark_safe(html)  # noqa: S308  sanitized by guide.text.markdown
    form = edit_url(page) if page.pk else ""
    return ShownPage(page.title, fill_facts(page.summary), text, Source.objects.by_keys(keys), form)


def earlier_html(text: str) -> str:
    """Render a text that was replaced, without the parts that the guide no longer has."""
    return PLACEHOLDER.sub(lambda part: _block_or_nothing(part[0]), fill_facts(render_fragment(text)))


def _block_or_nothing(placeholder: str) -> str:
    try:
        return fill_blocks(placeholder)
    except UnknownBlock:
        return ""


@lru_cache(maxsize=16)
def from_file(slug: str) -> SitePage:
    """Return the page from its content file, as a row that isn't stored."""
    _, front, body = (FOLDER / f"{slug}.md").read_text().split("---\n", 2)
    fields = load_yaml(front)
    return SitePage(slug=slug, title=fields["title"], summary=fields.get("summary", ""), body=body.strip() + "\n")
