"""Filter for links and contact details, which must be reviewed before publication, even from trusted members."""

import re
import unicodedata

from forum.models import PostRevision
from forum.text.markdown import MAX_CHARACTERS, links

PHONE = re.compile(r"(?:\d[\s()./\\_*|,:–—-]*){7,}")
MAIL = re.compile(r"[^\s@]@[^\s@]|\(\s*at\s*\)|\[\s*at\s*\]|\w\s+at\s+\w+\s+(?:dot|\.)\s+\w", re.IGNORECASE)
ADDRESS = re.compile(r"https?:|www\.|\b[\w-]{1,63}(?:\.|\s*[(\[]\s*dot\s*[)\]]\s*|\s+dot\s+)[a-z]{2,}\b", re.IGNORECASE)
CHANNEL = re.compile(
    r"\b(?:whats\s?app|telegram|signal|discord|snap\s?chat|insta(?:gram)?|facebook|messenger|skype|kik|wickr|threema"
    r"|e-?mail|gmail|(?:d\.?m\.?|p\.?m\.?|text|call|phone|ring|inbox|message)\s+me)\b",
    re.IGNORECASE,
)


def has_unreviewed_contact(revision: PostRevision) -> bool:
    """Whether the text contains contact details, or a link that is not in its live, approved revision."""
    parts = [_plain(part) for part in (revision.title, revision.warning, revision.body)]
    if any(len(part) > MAX_CHARACTERS for part in parts):
        return True  # what grows so much when it is folded isn't ordinary writing
    known = _known_links(revision)
    if any(address not in known for part in parts for address in links(part)):
        return True
    text = "\n".join(parts)
    for address in known:
        text = text.replace(address, " ")
    return any(pattern.search(text) for pattern in (ADDRESS, MAIL, PHONE, CHANNEL))


def _known_links(revision: PostRevision) -> list[str]:
    """Links of the live revision if a moderator approved it, longest first."""
    live = revision.post.live_revision
    if live is None or live.state != PostRevision.State.APPROVED:
        return []
    return sorted(links(live.body), key=len, reverse=True)


def _plain(text: str) -> str:
    """The text as it looks: full-width characters folded, invisible ones removed."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Mn"))
