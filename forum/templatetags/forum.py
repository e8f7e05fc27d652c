from datetime import timedelta

from django import template

from accounts.models import Profession
from forum.models import Reason

register = template.Library()


@register.filter
def profession(key: str) -> str:
    return Profession(key).label


@register.filter
def reason_words(key: str) -> str:
    return Reason(key).label


@register.filter
def waiting_words(waited: timedelta) -> str:
    """“40 minutes”, “3 hours”: rounded up, since a promise should be kept."""
    minutes = max(-(-int(waited.total_seconds()) // 60), 1)
    if minutes < 90:  # noqa: PLR2004
        rounded = -(-minutes // 5) * 5
        return f"{rounded} minutes"
    hours = -(-minutes // 60)
    return f"{hours} hours" if hours < 48 else f"{-(-hours // 24)} days"  # noqa: PLR2004
