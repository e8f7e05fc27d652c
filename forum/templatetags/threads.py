"""Template filters for threads and posts."""

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.models.users import signature
from core.html_text import first_words
from forum.models import Category, Post
from forum.text.slugs import title_slug
from forum.threads.pagination import page_of
from forum.threads.post_markup import Reader, body_markup, post_markup

register = template.Library()
OPENING_LENGTH = 140  # characters
PROFILE_POSTS = 20


@register.simple_tag
def post_for(reader: Reader, post: Post) -> SafeString:
    return post_markup(post, reader)


@register.filter
def post_body(post: Post) -> SafeString:
    return body_markup(post)


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
    return signature(post["state"], post["name"])


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
