"""What stands beside posts and rooms, as templates need it."""

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.text import slugify

from forum.models import Reaction, Redaction
from forum.threads.pagination import page_of

register = template.Library()


@register.filter
def signs_of(post: Any) -> list[dict[str, Any]]:
    """Every kind of sign, with how many gave it and whether the reader did."""
    given = {sign["kind"]: sign for sign in post.signs}
    none = {"n": 0, "own": 0}
    return [{"label": label, **none, **given.get(kind, {}), "kind": kind} for kind, label in Reaction.Kind.choices]


@register.filter
def covered_words(why: list[str]) -> str:
    """“a name and contact details”."""
    return " and ".join(str(Redaction.Why(key).label) for key in sorted(why, reverse=True))


@register.filter
def thread_url(row: dict[str, Any]) -> str:
    """Of a thread known by its number and title only."""
    return reverse("forum:thread", args=[row["pk"], slugify(row["title"])[:60] or "thread"])


@register.filter
def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@register.filter
def new_posts(thread: Any) -> int:
    """How many places of the thread lie beyond the reader's mark."""
    return max(thread.last_position - (thread.read_to or 0), 0)


@register.filter
def first_unread(thread: Any) -> str:
    """The address of the first post beyond the mark; empty where all, or nothing, was read."""
    if not getattr(thread, "read_to", None) or thread.read_to >= thread.last_position:
        return ""
    position = thread.read_to + 1
    return f"{thread.get_absolute_url()}?page={page_of(position)}#post-{position}"
