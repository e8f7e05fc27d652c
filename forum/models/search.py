"""The forum's search index: one row for each post that can be read now, made of what readers see and of nothing else."""

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
        """Asked of the threads as they are now: a row that is behind its thread shows nobody more than they may see."""
        return self.filter(thread__in=Thread.objects.visible_to(user))

    def newest(self, most: int) -> "SearchEntryQuerySet":
        return self.order_by("-published_at", "-post")[:most]


class SearchEntry(models.Model):
    """The words of one published post. Thread, room and time are copied so that each filter is a scan of one index."""

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
            # Posts are published one by one: better a few milliseconds then than a pending list that every search reads.
            GinIndex(fields=["document"], fastupdate=False, name="words_of_posts"),
            models.Index(fields=["-published_at", "-post"], name="found_by_time"),
            models.Index(fields=["category", "-published_at", "-post"], name="found_in_a_category"),
            models.Index(fields=["-published_at", "-post"], condition=Q(clinician=True), name="found_of_clinicians"),
        ]

    def __str__(self) -> str:
        return f"words of post {self.post_id}"
