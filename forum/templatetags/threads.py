"""Template filters for threads and posts."""

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse

from accounts.models import User
from core.html_text import first_words
from forum.models import Category, Post, Reaction, Redaction
from forum.text.slugs import title_slug
from forum.threads.pagination import page_of

register = template.Library()
OPENING_LENGTH = 140  # characters
PROFILE_POSTS = 20


@register.filter
def reactions_of(post: Any) -> list[dict[str, Any]]:
    """Return every kind of reaction that the reader may give, with its count and whether they gave it."""
    given = {reaction["kind"]: reaction for reaction in post.reaction_counts}
    none = {"n": 0, "own": 0}
    kinds = [choice for choice in Reaction.Kind.choices if post.reader_asked or choice[0] != Reaction.Kind.ANSWERED]
    return [{"label": label, **none, **given.get(kind, {}), "kind": kind} for kind, label in kinds]


@register.filter
def answered_the_question(post: Any) -> bool:
    """Whether to tell this reader that the member who asked marked the post “This answered me”."""
    return not post.reader_asked and any(r["kind"] == Reaction.Kind.ANSWERED for r in post.reaction_counts)


@register.filter
def without_count(reactions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the kinds of reaction that no one has given."""
    return [reaction for reaction in reactions if not reaction["n"]]


@register.filter
def redaction_reasons(why: list[str]) -> str:
    """Format redaction reasons: “a name and contact details”."""
    return " and ".join(str(Redaction.Why(key).label) for key in sorted(why, reverse=True))


@register.filter
def thread_url(row: dict[str, Any]) -> str:
    """Return the URL of a thread given as a dict of pk and title."""
    return reverse("forum:thread", args=[row["pk"], title_slug(row["title"])])


@register.filter
def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@register.filter
def writer(post: dict[str, Any]) -> str:
    """Return the name of the author of a post given as a dict, as readers see it."""
    if post["alias"]:
        return f"Anonymous member {post['alias']}"
    return "former member" if post["state"] == User.State.ERASED else str(post["name"])


@register.filter
def opening_line(post: dict[str, Any]) -> str:
    """Return the first words of a post given as a dict, or its content warning."""
    if post["warning"]:
        return f"Content warning: {post['warning']}"
    return first_words(post["html"], OPENING_LENGTH)


@register.filter
def first_unread(thread: Any) -> str:
    """Return the URL of the first post beyond the mark; empty if nothing or everything was read."""
    if not getattr(thread, "read_to", None) or thread.read_to >= thread.last_position:
        return ""
    position = thread.read_to + 1
    return f"{thread.get_absolute_url()}?page={page_of(position)}#post-{position}"


@register.simple_tag
def first_category() -> Category | None:
    """Return the forum's first category without a clinical purpose, for saying hello."""
    return Category.objects.filter(clinical=False).first()


@register.inclusion_tag("forum/threads/_profile_posts.html", takes_context=True)
def posts_of(context: Any, member: User) -> dict[str, Any]:
    """List a member's newest posts under their name that this reader may read, on a profile that shows them."""
    posts = Post.objects.readable_by(context["request"].user).filter(author=member, alias__isnull=True)
    return {"posts": posts.select_related("thread").order_by("-published_at", "-pk")[:PROFILE_POSTS]}
