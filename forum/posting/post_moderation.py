"""Post-moderation: publish trusted members' posts at once in review-after categories, and hold the exceptions."""

from django.db.models import Q

from forum.models import Decision, Post, PostRevision, Thread
from forum.notifications.kinds import tell_published
from forum.permissions import can_skip_waiting
from forum.publishing.publish import move, publish
from forum.triage import detection
from forum.triage.contact_filter import has_unreviewed_contact

REFUSALS = [Decision.Action.CHANGES, Decision.Action.REJECTED, Decision.Action.REMOVED, Decision.Action.HIDDEN]


def publish_if_trusted(revision: PostRevision) -> PostRevision:
    """Publish a new revision at once if its author and category allow that; it stays in the queue to be read afterwards.

    The caller holds the locks of the author and of the thread, read with its category when it was locked: trust and policy are
    those of now, not of when the form was opened.
    """
    post = revision.post
    allowed = _thread_accepts(post) and can_skip_waiting(post.author, post.thread.category)
    if allowed and _never_refused(revision) and not _is_held(revision):
        first = post.position is None
        move(revision, PostRevision.State.SHOWN)
        publish(revision)
        tell_published(post, first=first)
    return revision


def _is_held(revision: PostRevision) -> bool:
    return has_unreviewed_contact(revision) or detection.has_holding_match(revision)


def _thread_accepts(post: Post) -> bool:
    """Return False if the thread was closed while the form was open: a moderator then reads the post first."""
    edit_or_opening = post.position is not None or post.thread.state == Thread.State.WAITING
    return post.thread.state == Thread.State.OPEN or (edit_or_opening and post.thread.state != Thread.State.REMOVED)


def _never_refused(revision: PostRevision) -> bool:
    """Return whether this is the first revision, or directly follows the live one, of a post that was never refused.

    So text that is waiting, sent back, refused, hidden or redacted can't become public by sending it again.
    """
    post = revision.post
    refused = Q(action__in=REFUSALS) | Q(with_redaction=True)
    if Decision.objects.filter(refused, revision__post=post).exists():
        return False
    if post.position is None:
        return revision.number == 1
    before = post.revisions.get(number=revision.number - 1)
    return post.state == Post.State.PUBLISHED and post.live_revision_id == before.pk
