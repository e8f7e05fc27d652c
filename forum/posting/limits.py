"""Posting limits per member: hourly and daily counts, duplicates, links, slow mode."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import daily_limit
from core.kept_query import KeptQuery
from forum.models import Decision, Post, PostRevision, Thread
from forum.posting.read_only import refuse_while_read_only
from forum.text.markdown import links

NEW_MEMBER = timedelta(days=7)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def check_limits(author: User, body: str) -> None:
    """Raise ValidationError with a sentence for the author, or ReadOnly during a read-only period.

    Call it with the author's row locked, so that the count is exact.
    """
    refuse_while_read_only(author)
    if next_at := _next_post_at(author):
        raise ValidationError(
            f"You’ve sent a lot of posts in the last hour. You can send this at {timezone.localtime(next_at):%H:%M %Z}. "
            "Your text is still here."
        )
    per_day, yesterday = daily_limit(author), timezone.now() - DAY
    if per_day is not None and _sent(author.pk, yesterday).count() >= per_day:
        raise ValidationError(f"For now, you can send {per_day} posts a day. Please send this tomorrow.")
    if REPEATED(author.pk, yesterday, body):
        raise ValidationError("You’ve already sent this text.")
    if len(links(body)) > settings.FORUM_LINKS_PER_POST:
        raise ValidationError(f"Please use at most {settings.FORUM_LINKS_PER_POST} links in a post.")


def check_slow_mode(author: User, thread: Thread) -> None:
    """Raise ValidationError if the author posted in this thread less than `slow_minutes` ago."""
    pause = timedelta(minutes=thread.slow_minutes)
    sent = Post.objects.filter(thread=thread, author=author, created_at__gt=timezone.now() - pause)
    if thread.slow_minutes and sent.exists():
        raise ValidationError(
            f"This thread is in slow mode: you can post once every {thread.slow_minutes} minutes. "
            "Your text is still here; please send it a little later."
        )


def _next_post_at(author: User) -> datetime | None:
    """Return when the hourly limit allows the next text, or None for now."""
    limit, newest = _per_hour(author), COUNTED(author.pk, timezone.now() - HOUR)
    if len(newest) < limit:
        return None
    return (newest[limit - 1] if limit else timezone.now()) + HOUR


def _sent(author: int, since: datetime) -> QuerySet[PostRevision]:
    return PostRevision.objects.filter(post__author=author, created_at__gt=since)


def _counted(author: int, since: datetime) -> QuerySet[PostRevision, datetime]:
    """Select when each text was sent, the newest first. Changes that a moderator asked for don't count."""
    asked_for = Decision.objects.filter(revision__post=OuterRef("post"), action=Decision.Action.CHANGES)
    counted = _sent(author, since).exclude(Exists(asked_for), number__gt=1)
    return counted.order_by("-created_at").values_list("created_at", flat=True)


def _repeated(author: int, since: datetime, body: str) -> QuerySet[PostRevision, int]:
    same = _sent(author, since).filter(body=body).exclude(state=PostRevision.State.WITHDRAWN)
    return same.values_list("pk", flat=True)[:1]


COUNTED = KeptQuery(_counted, int, datetime)
REPEATED = KeptQuery(_repeated, int, datetime, str)


def _per_hour(author: User) -> int:
    return settings.FORUM_POSTS_PER_HOUR_NEW if is_new_member(author) else settings.FORUM_POSTS_PER_HOUR


def is_new_member(user: User) -> bool:
    return timezone.now() - user.date_joined < NEW_MEMBER
