"""Times of the queue in words."""

from datetime import timedelta

from django import template
from django.utils import timezone

from forum.models import ReviewItem

register = template.Library()


def in_words(span: timedelta) -> str:
    """“7 min”, “3 h”, “2 days”; rounded down, as a clock does."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 90:  # noqa: PLR2004
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"  # noqa: PLR2004


@register.filter
def time_left(item: ReviewItem) -> str:
    """How much of the promised time is left, or by how much it is late."""
    left = item.promised_at - timezone.now()
    return f"{in_words(left)} left" if left > timedelta(0) else f"late by {in_words(-left)}"
