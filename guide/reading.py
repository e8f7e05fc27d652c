"""What a reader wants to know about an article besides its text."""

import re
from collections.abc import Iterable
from difflib import unified_diff
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from guide.models import Article, ArticleRevision, RevisionDecision
from guide.rendering import Heading, plain_text

WORDS_A_MINUTE = 200  # careful reading of health text on a screen is slower than the usual 240
LONGEST_READ = 20  # minutes
HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.S)


def outline(html: str) -> list[Heading]:
    return [Heading(2, anchor, plain_text(text)) for anchor, text in HEADING.findall(html)]


def reading_minutes(html: str) -> int | None:
    """Minutes to read a page with its parts; nothing for a page so long that people look things up in it."""
    minutes = max(1, round(len(re.sub(r"<[^>]*>", " ", html).split()) / WORDS_A_MINUTE))
    return minutes if minutes <= LONGEST_READ else None


def neighbours(article: Article) -> tuple[Article | None, Article | None]:
    """The articles before and after this one in reading order."""
    order = list(Article.objects.published().in_reading_order())
    at = order.index(article)
    return (order[at - 1] if at else None), (order[at + 1] if at + 1 < len(order) else None)


def changes(revision: ArticleRevision) -> list[tuple[str, str]]:
    """The lines in which a revision differs from what is live: (“+” or “-”, line), in order. Empty for the first one."""
    live = revision.article.live_revision
    if live is None:
        return []
    old, new = (f"{r.title}\n{r.summary}\n{r.in_short}\n{r.body}".splitlines() for r in (live, revision))
    lines = unified_diff(old, new, lineterm="", n=0)
    return [(line[0], line[1:]) for line in lines if line[0] in "+-" and not line.startswith(("+++", "---"))]


def signatures(articles: Iterable[Article]) -> dict[int, RevisionDecision]:
    """The latest clinician's signature under the very revision that is live, by article; absent where there is none."""
    signed = RevisionDecision.objects.filter(
        revision__in=[a.live_revision_id for a in articles], action=RevisionDecision.Action.SIGNED
    )
    return {s.revision.article_id: s for s in signed.select_related("revision__article").order_by("decided_at")}


@lru_cache(maxsize=1)
def prescriber_questions(folder: Path) -> list[dict[str, Any]]:
    """The printable questions, as groups of `{group, questions}`; they are the same for all, so they live in a file."""
    path = folder / "tools.yaml"
    return yaml.safe_load(path.read_text()) if path.exists() else []
