"""The visible text of a revision: its text with redactions applied."""

from forum.models import PostRevision, Redaction
from forum.publishing.mentions import stored_member_ids
from forum.text.markdown import RENDER_VERSION, render
from forum.text.redaction import redact


def public_text(revision: PostRevision) -> dict[str, str]:
    """Return title and body as readers may see them: for quotations, titles and whatever else repeats a post."""
    spans = list(Redaction.objects.in_force().filter(revision=revision))
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
