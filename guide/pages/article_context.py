"""Information about an article besides its text: outline, reading time, neighbors, review status, changes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Q

from core.yaml_text import load_yaml
from guide.models import Article, ProposalDecision, Section
from guide.text.markdown import Heading, plain_text

WORDS_A_MINUTE = 200  # careful reading of health text on a screen is slower than the usual 240
MAX_MINUTES = 20  # longer pages show no reading time
HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.S)


def outline(html: str) -> list[Heading]:
    return [Heading(2, anchor, plain_text(text)) for anchor, text in HEADING.findall(html)]


def reading_minutes(html: str) -> int | None:
    """Return the minutes to read a page, or None for a page so long that people only look things up in it."""
    minutes = max(1, round(len(re.sub(r"<[^>]*>", " ", html).split()) / WORDS_A_MINUTE))
    return minutes if minutes <= MAX_MINUTES else None


def pages_by_section(pages: list[Article]) -> list[tuple[Section, list[Article]]]:
    return [
        (section, [page for page in pages if page.live.section_id == section.pk]) for section in Section.objects.all()
    ]


def neighbors(article: Article, order: list[Article]) -> tuple[Article | None, Article | None]:
    """Return the articles before and after this one in reading order."""
    at = order.index(article)
    return (order[at - 1] if at else None), (order[at + 1] if at + 1 < len(order) else None)


@dataclass(frozen=True)
class ReviewStatus:
    """The decisions on an article's texts that its page shows. `unreviewed` published the live text before its review."""

    signature: ProposalDecision | None
    unreviewed: ProposalDecision | None
    changes: list[tuple[date, str]]


def review_status(article: Article) -> ReviewStatus:
    """Return who reviewed the live text, or that no one has, and what changed for readers, newest first. One query."""
    live, action = article.live_revision_id, ProposalDecision.Action
    reviews = ProposalDecision.objects.reviews().values("pk")
    of_live = Q(proposal__revision=live) & (Q(pk__in=reviews) | Q(action__in=ProposalDecision.UNREVIEWED))
    made_live = Q(proposal__revision__article=article, action__in=ProposalDecision.MADE_LIVE)
    changes = made_live & ~Q(proposal__revision__public_note="")
    rows = ProposalDecision.objects.filter(of_live | changes).with_revisions().with_signers()
    decisions = list(rows.order_by("decided_at"))
    by_action = {d.action: d for d in decisions if d.proposal.revision_id == live}
    is_reviewed = action.SIGNED in by_action or action.APPROVED in by_action
    shown = [d for d in reversed(decisions) if d.action in ProposalDecision.MADE_LIVE and d.revision.public_note]
    changed = [(d.decided_at.date(), d.revision.public_note) for d in shown]
    changed += [(date.fromisoformat(day), note) for day, note in article.earlier_changes]
    unreviewed = None if is_reviewed else by_action.get(action.URGENT) or by_action.get(action.RESTORED)
    return ReviewStatus(by_action.get(action.SIGNED), unreviewed, changed)


def signatures(articles: Iterable[Article]) -> dict[int, ProposalDecision]:
    """Return the latest signature in force on each article's live revision, by article."""
    live = [a.live_revision_id for a in articles]
    signed = ProposalDecision.objects.signatures().filter(proposal__revision__in=live)
    found = signed.with_signers().with_revisions().order_by("decided_at")
    return {s.revision.article_id: s for s in found}


@lru_cache(maxsize=1)
def prescriber_questions(folder: Path) -> list[dict[str, Any]]:
    """Return the printable questions as groups of `{group, questions}`."""
    path = folder / "tools.yaml"
    return load_yaml(path.read_text()) if path.exists() else []
