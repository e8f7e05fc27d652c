"""Recipients of a new post: lists of member pks, without its author and members who blocked or muted them."""

from typing import NamedTuple

from accounts.models import Block
from forum.models import Mention, Post, Subscription


class Audience(NamedTuple):
    """From the most personal list to the least. A member may be in several, but is notified once."""

    mentioned: list[int]
    quoted: list[int]
    asker: list[int]
    followers: list[int]


def audience(post: Post) -> Audience:
    """Return the audience of a published post, in at most five queries however many followers there are.

    A post under an alias reaches everyone: silence would tell members who blocked or muted the author who wrote it.
    """
    away = {post.author_id, *(Block.objects.cannot_see(post.author) if post.alias is None else ())}
    found = Audience(_mentioned(post), _quoted(post), [post.thread.author_id], _followers(post))
    return Audience(*([pk for pk in people if pk not in away] for people in found))


def _mentioned(post: Post) -> list[int]:
    """Members mentioned in the live revision and in no earlier published revision of this post."""
    notified = Mention.objects.filter(revision__post=post, notified=True).values("user")
    named = Mention.objects.filter(revision=post.live_revision_id).exclude(user__in=notified)
    return list(named.values_list("user", flat=True))


def _quoted(post: Post) -> list[int]:
    return list(Post.objects.filter(pk=post.quoted_id).values_list("author", flat=True)) if post.quoted_id else []


def _followers(post: Post) -> list[int]:
    """Subscribers of the category for a thread's opening post, else of the thread."""
    opening = post.position == 1
    followed = {"category": post.thread.category_id} if opening else {"thread": post.thread_id}
    return list(Subscription.objects.filter(**followed).values_list("user", flat=True))
