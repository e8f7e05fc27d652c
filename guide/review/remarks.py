"""Reviewers' remarks on a proposal: drafts that only their writer sees, sent with the decision."""

import re
from collections.abc import Iterator

from accounts.models import User
from guide import permissions
from guide.models import Proposal, Remark
from guide.review.revisions import content_of
from guide.review.snapshot import Json
from guide.review.workflow import step

WORD = re.compile(r"\w+")
# What the page shows otherwise: citations, the targets of links, and the numbers of sources.
UNSEEN = re.compile(r"\[\^[^\]]*\]|\]\([^)\n]*\)|\[S?\d+(?:, S?\d+)*\]")


def _is_under_review(proposal: Proposal) -> bool:
    return proposal.state in (Proposal.State.SUBMITTED, Proposal.State.SCHEDULED) or proposal.is_live


@step(permissions.can_review_proposal, _is_under_review)
def draft_remark(proposal: Proposal, *, by: User, text: str, quote: str = "", part: str = "", line: int = 1) -> Remark:
    """Keep a remark for the decision. Quoted words that the proposal contains give it its part and line."""
    found = place_of(quote, content_of(proposal)) if quote else None
    part, line = found or (part, line)
    return proposal.remarks.create(by=by, text=text, quote=quote, part=part, line=line)


def place_of(quote: str, content: Json) -> tuple[str, int] | None:
    """Return the part and the line of words that a reader sees, or None. A part that is nothing else comes first."""
    words = _words(quote)
    parts = sorted(_texts(content), key=lambda part: (_words(part[1]) != words, -len(part[1])))
    found = ((name, _line_of(words, text)) for name, text in parts)
    return next(((name, line) for name, line in found if line), None)


def _texts(content: Json) -> Iterator[tuple[str, str]]:
    """Yield the texts of a page or a row; those of owned rows under the name of their relation."""
    for name, value in content.items():
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, list):
            yield name, "\n".join(text for row in value if isinstance(row, dict) for _, text in _texts(row))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in WORD.findall(UNSEEN.sub(" ", text))]


def _line_of(words: list[str], text: str) -> int:
    """Return the line (from 1) of the first of these consecutive words, or 0."""
    placed = [(word, number) for number, line in enumerate(text.split("\n"), 1) for word in _words(line)]
    for start in range(len(placed) - len(words) + 1 if words else 0):
        if [word for word, _ in placed[start : start + len(words)]] == words:
            return placed[start][1]
    return 0
