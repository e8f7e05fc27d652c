"""What readers see of a revision: its words without what moderators covered."""

from forum.models import PostRevision, Redaction
from forum.redaction import covered
from forum.rendering import RENDER_VERSION, render


def public_words(revision: PostRevision) -> dict[str, str]:
    """Title and body as anybody may have them; for quotations, titles and whatever else repeats a post."""
    spans = list(Redaction.objects.in_force().filter(revision=revision))
    return {part: covered(getattr(revision, part), [s for s in spans if s.part == part]) for part in ("title", "body")}


def show_again(revision: PostRevision) -> None:
    """Make the stored HTML anew after what is covered changed."""
    revision.html, revision.render_version = render(public_words(revision)["body"]), RENDER_VERSION
    revision.save(update_fields=["html", "render_version"])
