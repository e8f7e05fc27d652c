"""The forum's search index: one row per published post, made only of what readers see."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from core.requests import AnyUser
from forum.models.categories import Category
from forum.models.posts import Post, PostRevision
from forum.models.threads import Thread


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def visible_to(self, user: AnyUser) -> "SearchEntryQuerySet":
        """Filter by the threads' current state, so that an outdated row shows no one more than they may see."""
        return self.filter(thread__in=Thread.objects.visible_to(user))

    def newest(self, most: int) -> "SearchEntryQuerySet":
        return self.order_by("-published_at", "-post")[:most]


class SearchEntry(models.Model):
    """The indexed text of a published post. Thread, category and time are copied so that each filter uses one index."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="search_entry")
    thread = models.ForeignKey(Thread, models.CASCADE, db_index=False, related_name="+")
    category = models.ForeignKey(Category, models.CASCADE, db_index=False, related_name="+")
    revision = models.ForeignKey(PostRevision, models.CASCADE, db_index=False, related_name="+")
    published_at = models.DateTimeField()
    clinician = models.BooleanField(default=False)
    document = SearchVectorField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [
            # Posts are published one at a time: a few milliseconds then cost less than a pending list that every search scans.
            GinIndex(fields=["document"], fastupdate=False, name="search_document"),
            models.Index(fields=["-published_at", "-post"], name="search_by_time"),
            models.Index(fields=["category", "-published_at", "-post"], name="search_by_category"),
            models.Index(fields=["-published_at", "-post"], condition=Q(clinician=True), name="search_by_clinicians"),
        ]

    def __str__(self) -> str:
        return f"search entry of post {self.post_id}"
