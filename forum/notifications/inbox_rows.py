"""Rows of the inbox about posts: who wrote where, with one row for each thread and day."""

from django.utils import timezone

from accounts.models import Block, Notification
from accounts.notifications.inbox_rows import InboxRow
from forum.models import Post, Thread

WORDS = {
    "mention": "{who} mentioned you in “{title}”.",
    "quote": "{who} replied to your post in “{title}”.",
    "answer": "{who}, a clinician, answered in your thread “{title}”.",
    "reply": "{who} replied in your thread “{title}”.",
    "thread": "{who} posted in “{title}”, which you follow.",
    "room": "{who} started “{title}” in {category}, which you follow.",
}
MAX_NAMES = 2


def rows_about_posts(entries: list[Notification]) -> list[InboxRow]:
    """Join one member's notifications of the same kind, thread and day. Two queries.

    A post that they can't read anymore, or whose author they muted or blocked since, keeps its sentence without names.
    """
    posts = _readable_posts(entries)
    groups: dict[object, list[Notification]] = {}
    for entry in entries:
        post = posts.get(entry.subject_id or 0)
        day = timezone.localtime(entry.created_at).date()
        key = (entry.kind, post.thread_id, day) if post and entry.kind in WORDS else entry.pk
        groups.setdefault(key, []).append(entry)
    return [InboxRow(group, _sentence(group, posts)) for group in groups.values()]


def _readable_posts(entries: list[Notification]) -> dict[int, Post]:
    recipient = entries[0].recipient_id
    hidden = set(Block.objects.hidden_from(recipient))
    found = Post.objects.filter(pk__in={entry.subject_id for entry in entries if entry.subject_id})
    found = found.select_related("author", "thread__category")
    return {post.pk: post for post in found if _is_shown(post, recipient, hidden)}


def _is_shown(post: Post, recipient: int, hidden: set[int]) -> bool:
    if post.author_id == recipient:
        return bool(post.thread.title)
    public = post.state == Post.State.PUBLISHED and post.thread.state in Thread.READABLE
    return public and (post.alias is not None or post.author_id not in hidden)


def _sentence(group: list[Notification], posts: dict[int, Post]) -> str:
    entry = group[0]
    post = posts.get(entry.subject_id or 0)
    if post is None:
        return entry.sentence
    title = post.thread.title
    if entry.kind not in WORDS:
        return f"{entry.sentence} (“{title}”)"
    writers = list(dict.fromkeys(posts[e.subject_id].byline for e in group if e.subject_id))
    return WORDS[entry.kind].format(who=_joined(writers), title=title, category=post.thread.category.title)


def _joined(names: list[str]) -> str:
    """Format names: “Maya”, “Maya and Noah”, “Maya and 3 others”."""
    if len(names) > MAX_NAMES:
        return f"{names[0]} and {len(names) - 1} others"
    return " and ".join(names)
