"""The visible text of a revision: its text with redactions applied."""

import re

from forum.models import PostRevision, Redaction
from forum.publishing.mentions import stored_member_ids
from forum.text.markdown import RENDER_VERSION, render
from forum.text.redaction import redact

PARTS = ("title", "warning", "body")


def repeated_redactions(revision: PostRevision) -> list[Redaction]:
    """Return unsaved redactions of the words that are redacted in earlier texts of the post and occur in this one too.

    Words that an appeal uncovered in any of its texts stay readable. Case and line breaks make no difference.
    """
    if revision.number == 1:
        return []
    earlier = Redaction.objects.filter(revision__post=revision.post_id, revision__number__lt=revision.number)
    earlier = earlier.select_related("revision")
    lifted = {_words(row).casefold() for row in earlier.overturned()}
    words = {_words(row).casefold(): row.why for row in earlier.in_force()}
    return [
        Redaction(revision=revision, part=part, start=found.start(), end=found.end(), why=why)
        for text, why in words.items()
        if text and text not in lifted
        for part in PARTS
        for found in _occurrences(text, getattr(revision, part))
    ]


def _words(redaction: Redaction) -> str:
    return " ".join(getattr(redaction.revision, redaction.part)[redaction.start : redaction.end].split())


def _occurrences(words: str, text: str) -> "list[re.Match[str]]":
    pattern = r"\s+".join(map(re.escape, words.split()))
    return list(re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE))


def public_text(revision: PostRevision) -> dict[str, str]:
    """Return title and body as readers may see them: for quotations, titles and whatever else repeats a post."""
    spans = [*Redaction.objects.in_force().filter(revision=revision), *repeated_redactions(revision)]
    return {part: redact(getattr(revision, part), [s for s in spans if s.part == part]) for part in ("title", "body")}


def rerender_revision(revision: PostRevision) -> None:
    """Render the stored HTML again after its redactions changed.

    A member whose name is redacted is not notified of the mention. The caller syncs the post if this revision is live.
    """
    body = public_text(revision)["body"]
    members = stored_member_ids(body, list(revision.mentions.all()))
    revision.html, revision.render_version = render(body, members), RENDER_VERSION
    revision.save(update_fields=["html", "render_version"])
    revision.mentions.exclude(user__in=members.values()).update(notified=True)
