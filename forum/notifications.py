"""Who hears of what happens in the forum, and in which words. No sentence holds a member's words."""

from django.urls import reverse

from accounts.models import Delivery, Notification
from accounts.notifications import Kind
from accounts.services.notifications import notify
from forum.models import Decision, Post

SEEN = "forum.notifications.post_can_be_seen"
MINE = Kind("my-post", "Decisions on your posts", "something that you sent", Delivery.AT_ONCE, must_tell=True)
REPLY = Kind("reply", "Replies to your threads", "a reply", Delivery.AT_ONCE, still_visible=SEEN)
KINDS = [MINE, REPLY]


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


def post_url(post: Post) -> str:
    return reverse("forum:post", args=[post.pk])


def post_can_be_seen(notification: Notification) -> bool:
    post = (
        Post.objects.filter(pk=notification.subject_id or 0, state=Post.State.PUBLISHED)
        .select_related("thread")
        .first()
    )
    return post is not None and post.thread.state in post.thread.READABLE
