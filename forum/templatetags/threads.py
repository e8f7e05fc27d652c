"""Template filters for threads and posts."""

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.text import slugify

from forum.models import Reaction, Redaction
from forum.threads.pagination import page_of

register = template.Library()


@register.filter
def reactions_of(post: Any) -> list[dict[str, Any]]:
    """Return every kind of reaction, with its count and whether the reader gave it."""
    given = {reaction["kind"]: reaction for reaction in post.reaction_counts}
    none = {"n": 0, "own": 0}
    return [{"label": label, **none, **given.get(kind, {}), "kind": kind} for kind, label in Reaction.Kind.choices]


@register.filter
def redaction_reasons(why: list[str]) -> str:
    """Format redaction reasons: “a name and contact details”."""
    return " and ".join(str(Redaction.Why(key).label) for key in sorted(why, reverse=True))


@register.filter
def thread_url(row: dict[str, Any]) -> str:
    """Return the URL of a thread given as a dict of pk and title."""
    return reverse("forum:thread", args=[row["pk"], slugify(row["title"])[:60] or "thread"])


@register.filter
def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@register.filter
def new_posts(thread: Any) -> int:
    """Return how many positions are beyond the reader's mark."""
    return max(thread.last_position - (thread.read_to or 0), 0)


@register.filter
def first_unread(thread: Any) -> str:
    """Return the URL of the first post beyond the mark; empty if nothing or everything was read."""
    if not getattr(thread, "read_to", None) or thread.read_to >= thread.last_position:
        return ""
    position = thread.read_to + 1
    return f"{thread.get_absolute_url()}?page={page_of(position)}#post-{position}"
