"""Who hears of what happens in the forum, and in which words. No sentence holds a member's words."""

from django.urls import reverse

from accounts.models import Delivery, Notification
from accounts.notifications import Kind
from accounts.services.notifications import notify
from forum.models import Decision, Duty, Post, PostRevision
from forum.permissions import can_decide_revision

SEEN = "forum.notifications.post_can_be_seen"
MINE = Kind("my-post", "Decisions on your posts", "something that you sent", Delivery.AT_ONCE, must_tell=True)
REPLY = Kind("reply", "Replies to your threads", "a reply", Delivery.AT_ONCE, still_visible=SEEN)
RED = Kind(
    "red",
    "Urgent posts, while you are on duty",
    "something urgent to look at",
    Delivery.AT_ONCE,
    still_visible="forum.notifications.still_waits",
)
KINDS = [MINE, REPLY, RED]


def tell_published(post: Post, *, first: bool) -> None:
    """The author hears that readers can see it now; who started the thread hears of a new reply."""
    words = "Your post was published." if first else "Your edit was published."
    notify(post.author, MINE.key, words, post_url(post), post.pk)
    if first and post.thread.author_id != post.author_id:
        notify(post.thread.author, REPLY.key, "Somebody replied to your thread.", post_url(post), post.pk)


def tell_decision(decision: Decision) -> None:
    post = decision.revision.post
    words = {
        Decision.Action.CHANGES: "A moderator asks you to change something in your post.",
        Decision.Action.REJECTED: "A moderator decided not to publish your post.",
    }[Decision.Action(decision.action)]
    notify(post.author, MINE.key, words, reverse("forum:my-post", args=[post.pk]), post.pk)


def tell_red(revision: PostRevision) -> None:
    """Whoever is on duty now hears of it once; never the author, and nobody twice for two shifts that overlap."""
    on_duty = Duty.objects.now().exclude(moderator=revision.post.author_id).select_related("moderator")
    for moderator in {duty.moderator for duty in on_duty}:
        if can_decide_revision(moderator, revision):
            url = reverse("forum:review", args=[revision.pk])
            notify(moderator, RED.key, "A post that may be urgent waits for a moderator.", url, revision.pk)


def still_waits(notification: Notification) -> bool:
    return PostRevision.objects.filter(pk=notification.subject_id or 0, state=PostRevision.State.WAITING).exists()


def post_url(post: Post) -> str:
    return reverse("forum:post", args=[post.pk])


def post_can_be_seen(notification: Notification) -> bool:
    post = (
        Post.objects.filter(pk=notification.subject_id or 0, state=Post.State.PUBLISHED)
        .select_related("thread")
        .first()
    )
    return post is not None and post.thread.state in post.thread.READABLE
