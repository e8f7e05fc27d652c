"""Times of the queue in words."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone

from accounts.models import User
from forum.models import PostRevision, ReviewItem, TriageMatch

register = template.Library()
MATCHED = 80  # characters
IN_MINUTES = 90  # below it a span is said in minutes
IN_HOURS = 48  # and below this in hours


def in_words(span: timedelta) -> str:
    """“7 min”, “3 h”, “2 days”; rounded down, as a clock does."""
    minutes = int(span.total_seconds()) // 60
    if minutes < IN_MINUTES:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < IN_HOURS else f"{hours // 24} days"


register.filter("span_words", in_words)


@register.filter
def time_left(item: ReviewItem) -> str:
    """How much of the promised time is left, or by how much it is late."""
    left = item.promised_at - timezone.now()
    return f"{in_words(left)} left" if left > timedelta(0) else f"late by {in_words(-left)}"


@register.filter
def age(moment: datetime) -> str:
    """For how long something has waited."""
    return in_words(timezone.now() - moment)


@register.filter
def is_late(item: ReviewItem) -> bool:
    return item.promised_at < timezone.now()


@register.filter
def held_by(item: ReviewItem, person: User) -> bool:
    """Whether somebody else is at it just now."""
    return item.claimed_by_another(person)


@register.filter
def reasons_seen(revision: PostRevision) -> list[str]:
    """What triage noticed, each once, the most urgent first."""
    matches = sorted(revision.triage_matches.all(), key=lambda m: (m.lane, m.start))
    return list(dict.fromkeys(m.rule.title if m.rule else m.get_kind_display().capitalize() for m in matches))


@register.filter
def matched(revision: PostRevision, match: TriageMatch) -> str:
    """The very words that a rule noticed, cut where they are many; the rule's own phrase is for who writes rules."""
    words = " ".join(getattr(revision, match.part)[match.start : match.end].split())
    return words if len(words) <= MATCHED else f"{words[:MATCHED].rsplit(' ', 1)[0]} …"


@register.filter
def of(counted: dict[int, int], key: int) -> int:
    return counted.get(key, 0)
