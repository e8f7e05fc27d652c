"""How much one person may send, so that a flood reaches neither the moderators nor the readers."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from accounts.permissions import daily_limit
from forum.models import Post, PostRevision, Thread
from forum.posting.read_only import refuse_while_read_only
from forum.text.markdown import links

NEW = timedelta(days=7)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def check(author: User, body: str) -> None:
    """Raises ValidationError with a sentence for the author, ReadOnly while nothing new is taken.

    Call it with the author's row locked: then the count is exact.
    """
    refuse_while_read_only(author)
    sent = PostRevision.objects.filter(post__author=author)
    if sent.filter(created_at__gt=timezone.now() - HOUR).count() >= _per_hour(author):
        raise ValidationError("You have sent many posts within an hour. Please wait a little; your text is kept here.")
    a_day = daily_limit(author)
    if a_day is not None and sent.filter(created_at__gt=timezone.now() - DAY).count() >= a_day:
        raise ValidationError(f"Your account is limited to {a_day} posts a day for now. Please send this tomorrow.")
    if sent.filter(created_at__gt=timezone.now() - DAY, body=body).exists():
        raise ValidationError("You have sent these very words already.")
    if len(links(body)) > settings.FORUM_LINKS_PER_POST:
        raise ValidationError(f"Please use at most {settings.FORUM_LINKS_PER_POST} links in a post.")


def check_pace(author: User, thread: Thread) -> None:
    """In a thread in slow mode each person waits between two posts; moderators set how long. Raises ValidationError."""
    pause = timedelta(minutes=thread.slow_minutes)
    sent = Post.objects.filter(thread=thread, author=author, created_at__gt=timezone.now() - pause)
    if thread.slow_minutes and sent.exists():
        raise ValidationError(
            f"This conversation is in slow mode: {thread.slow_minutes} minutes between two posts of one person. "
            "Your text is kept here; please send it a little later."
        )


def _per_hour(author: User) -> int:
    young = timezone.now() - author.date_joined < NEW
    return settings.FORUM_POSTS_PER_HOUR_NEW if young else settings.FORUM_POSTS_PER_HOUR
