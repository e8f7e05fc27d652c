"""What readers see of a revision: its words without what moderators covered."""

from forum.models import PostRevision, Redaction
from forum.publishing.mentions import members_named
from forum.text.markdown import RENDER_VERSION, render
from forum.text.redaction import covered


def public_words(revision: PostRevision) -> dict[str, str]:
    """Title and body as anybody may have them; for quotations, titles and whatever else repeats a post."""
    spans = list(Redaction.objects.in_force().filter(revision=revision))
    return {part: covered(getattr(revision, part), [s for s in spans if s.part == part]) for part in ("title", "body")}


def show_again(revision: PostRevision) -> None:
    """Make the stored HTML anew after what is covered changed.

    Somebody whose name is covered hears of no mention. The caller syncs the post where readers see this revision.
    """
    body = public_words(revision)["body"]
    members = members_named(body, list(revision.mentions.all()))
    revision.html, revision.render_version = render(body, members), RENDER_VERSION
    revision.save(update_fields=["html", "render_version"])
    revision.mentions.exclude(user__in=members.values()).update(told=True)
