from datetime import timedelta
from typing import Any

from django import template

from accounts.models import Profession
from forum.models import Reason, Thread
from forum.models.threads import slug_of
from forum.reading import page_of

register = template.Library()


@register.filter
def profession(key: str) -> str:
    return Profession(key).label


@register.filter
def reason_words(key: str) -> str:
    return Reason(key).label


@register.filter
def first_unread(thread: Thread) -> str:
    """The address of the first post that this member has not seen; the thread comes with their mark."""
    position = thread.read_to + 1  # type: ignore[attr-defined]
    page = page_of(position)
    return f"{thread.get_absolute_url()}{f'?page={page}' if page > 1 else ''}#post-{position}"


@register.filter
def unread(thread: Thread) -> int:
    return thread.last_position - thread.read_to  # type: ignore[attr-defined, no-any-return]


@register.filter
def thread_slug(title: str) -> str:
    return slug_of(title)


@register.filter
def sign_count(signs: list[dict[str, Any]], kind: str) -> int:
    return next((sign["n"] for sign in signs if sign["kind"] == kind), 0)


@register.filter
def waiting_words(waited: timedelta) -> str:
    """“40 minutes”, “3 hours”: rounded up, since a promise should be kept."""
    minutes = max(-(-int(waited.total_seconds()) // 60), 1)
    if minutes < 90:  # noqa: PLR2004
        rounded = -(-minutes // 5) * 5
        return f"{rounded} minutes"
    hours = -(-minutes // 60)
    return f"{hours} hours" if hours < 48 else f"{-(-hours // 24)} days"  # noqa: PLR2004
