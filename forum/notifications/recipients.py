"""Who hears of a post that has just appeared: lists of people's numbers, never its author nor who keeps away from them."""

from typing import NamedTuple

from accounts.models import Block
from forum.models import Mention, Post, Subscription


class Audience(NamedTuple):
    """From the most personal to the least. Somebody may stand in several; whoever tells them tells them once."""

    mentioned: list[int]
    quoted: list[int]
    asker: list[int]
    followers: list[int]


def audience(post: Post) -> Audience:
    """Five queries at most, for one follower and for thousands. The caller has seen to it that the post is published.

    Of words under an alias everybody hears: silence would tell those who keep away from somebody that it was them.
    """
    away = {post.author_id, *(Block.objects.cannot_see(post.author) if post.alias is None else ())}
    found = Audience(_mentioned(post), _quoted(post), [post.thread.author_id], _followers(post))
    return Audience(*([pk for pk in people if pk not in away] for people in found))


def _mentioned(post: Post) -> list[int]:
    """Whom no text of this post named before where readers could see it."""
    told = Mention.objects.filter(revision__post=post, told=True).values("user")
    named = Mention.objects.filter(revision=post.live_revision_id).exclude(user__in=told)
    return list(named.values_list("user", flat=True))


def _quoted(post: Post) -> list[int]:
    return list(Post.objects.filter(pk=post.quoted_id).values_list("author", flat=True)) if post.quoted_id else []


def _followers(post: Post) -> list[int]:
    """A thread's opening post is news to those who follow its category, every other to those who follow the thread."""
    opening = post.position == 1
    followed = {"category": post.thread.category_id} if opening else {"thread": post.thread_id}
    return list(Subscription.objects.filter(**followed).values_list("user", flat=True))
