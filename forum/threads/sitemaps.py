from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap

from forum.models import Category, Thread
from forum.models.threads import ThreadQuerySet


class CategorySitemap(Sitemap):
    def items(self) -> list[Category]:
        return list(Category.objects.filter(members_only=False))


class ThreadSitemap(Sitemap):
    """Public threads, with the time of their newest post."""

    limit = 10_000

    def items(self) -> ThreadQuerySet:
        return Thread.objects.visible_to(AnonymousUser()).only("title", "last_post_at").order_by("pk")

    def lastmod(self, thread: Thread) -> datetime | None:
        return thread.last_post_at
