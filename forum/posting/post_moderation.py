"""Where posts are read afterwards: whose words may appear at once, and what makes them wait all the same."""

from forum.models import Category, Decision, Post, PostRevision, Thread
from forum.notifications.kinds import tell_published
from forum.permissions import can_skip_waiting
from forum.publishing.transitions import move, publish
from forum.triage import detection
from forum.triage.contact_filter import has_unreviewed_contact

NO = [Decision.Action.CHANGES, Decision.Action.REJECTED, Decision.Action.REMOVED]


def show_where_allowed(revision: PostRevision) -> PostRevision:
    """Publish a text that was just sent, where that may be before it is read; it waits in the queue to be read afterwards.

    The caller holds the author's lock; the thread's is taken here. Everything is looked up now, not when the form was opened.
    """
    post = revision.post
    post.thread = Thread.objects.select_for_update(no_key=True).get(pk=post.thread_id)
    allowed = _place_is_open(post) and can_skip_waiting(post.author, Category.objects.get(pk=post.thread.category_id))
    held = has_unreviewed_contact(revision) or detection.has_holding_match(revision)
    if allowed and _has_a_clean_past(revision) and not held:
        first = post.position is None
        move(revision, PostRevision.State.SHOWN)
        publish(revision)
        tell_published(post, first=first)
    return revision


def _place_is_open(post: Post) -> bool:
    """A thread may have been closed while its form was filled in: then a moderator looks at what still came."""
    edit_or_opening = post.position is not None or post.thread.state == Thread.State.WAITING
    return post.thread.state == Thread.State.OPEN or (edit_or_opening and post.thread.state != Thread.State.REMOVED)


def _has_a_clean_past(revision: PostRevision) -> bool:
    """A first text, or one that replaces just what readers see now, of a post on which nobody ever said no.

    So what waits, came back or was refused cannot become public by sending it again.
    """
    post = revision.post
    if Decision.objects.filter(revision__post=post, action__in=NO).exists():
        return False
    if post.position is None:
        return revision.number == 1
    before = post.revisions.get(number=revision.number - 1)
    return post.state == Post.State.PUBLISHED and post.live_revision_id == before.pk
