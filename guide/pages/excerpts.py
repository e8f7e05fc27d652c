"""Sections of an article that another page shows in the article's own words."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from guide.models import Article, Source
from guide.pages.blocks import fill_blocks
from guide.pages.unreviewed_notices import unreviewed_rows
from guide.text.markdown import number_citations, plain_text

SEPARATOR = "\x1e"


class Excerpt(NamedTuple):
    anchor: str
    title: str
    html: str


def excerpts(article: Article, anchors: Sequence[str]) -> tuple[list[Excerpt], list[Source]]:
    """Return the sections that begin at these anchors, without those that the live text no longer has, and their sources."""
    body, unreviewed = article.live.body_html, unreviewed_rows()
    found = [(anchor, section) for anchor in anchors if (section := _section(body, anchor))]
    if not found:
        return [], []
    texts = [fill_blocks(section[2], unreviewed=unreviewed) for _, section in found]
    numbered, keys = number_citations(SEPARATOR.join(texts))
    rows = zip(found, numbered.split(SEPARATOR), strict=True)
    shown = [Excerpt(anchor, plain_text(section[1]), html) for (anchor, section), html in rows]
    return shown, Source.objects.by_keys(keys)


def _section(body: str, anchor: str) -> re.Match[str] | None:
    return re.search(rf'<h2 id="{re.escape(anchor)}">(.*?)</h2>(.*?)(?=<h2|\Z)', body, re.DOTALL)
