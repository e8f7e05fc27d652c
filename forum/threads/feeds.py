"""Atom feeds of public threads and posts, ordered by publication."""

import re
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.text import Truncator

from core.html_text import html_text
from forum.models import Category, Post, Thread
from forum.publishing.mention_html import mentions_in, post_html

NEWEST = 30
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # invalid in XML 1.0 (§2.2)
VISITOR = AnonymousUser()


def _plain(text: str) -> str:
    return UNPRINTABLE.sub("", text)


class CategoryFeed(Feed):
    """New threads of a category, newest first."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, slug: str) -> Category:
        return get_object_or_404(Category, slug=slug, members_only=False)

    def title(self, category: Category) -> str:
        return _plain(category.title)

    def link(self, category: Category) -> str:
        return category.get_absolute_url()

    def items(self, category: Category) -> Any:
        threads = Thread.objects.visible_to(VISITOR).filter(category=category)
        return threads.order_by("-published_at", "-pk")[:NEWEST]

    def item_title(self, thread: Thread) -> str:
        return _plain(thread.title)

    def item_description(self, thread: Thread) -> str:
        return ""

    def item_guid(self, thread: Thread) -> str:
        return f"thread-{thread.pk}"

    def item_pubdate(self, thread: Thread) -> datetime | None:
        return thread.published_at

    def item_updateddate(self, thread: Thread) -> datetime | None:
        return thread.last_post_at


class ThreadFeed(Feed):
    """Posts of a thread, newest first. A post with a content warning shows only the warning."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, pk: int) -> Thread:
        return get_object_or_404(Thread.objects.visible_to(VISITOR), pk=pk)

    def title(self, thread: Thread) -> str:
        return _plain(thread.title)

    def link(self, thread: Thread) -> str:
        return thread.get_absolute_url()

    def items(self, thread: Thread) -> Any:
        posts = Post.objects.filter(thread=thread, state=Post.State.PUBLISHED).select_related("live_revision", "author")
        return posts.annotate(mentioned=mentions_in("live_revision")).order_by("-position")[:NEWEST]

    def item_title(self, post: Post) -> str:
        return _plain(f"Post {post.position} by {post.byline}")

    def item_description(self, post: Post) -> str:
        """Return HTML: the generator marks a summary as type="html"."""
        return _plain(escape(post.live.warning or Truncator(html_text(post_html(post))).words(60)))

    def item_link(self, post: Post) -> str:
        return post.get_absolute_url()

    def item_guid(self, post: Post) -> str:
        return f"post-{post.pk}"

    def item_pubdate(self, post: Post) -> datetime | None:
        return post.published_at

    def item_updateddate(self, post: Post) -> datetime | None:
        return post.edited_at or post.published_at
