"""A member's read marks, bookmarks, subscriptions and reactions."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from forum.models.categories import Category
from forum.models.posts import Post
from forum.models.threads import Thread


class ReadMark(models.Model):
    """How far a member has read a thread. Positions are given at publication, so a post approved late is beyond the mark."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="read_marks", db_index=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="read_marks")
    position = models.PositiveIntegerField(help_text="The highest position on any page that they opened.")
    read_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "thread"], name="one_read_mark_each")]

    def __str__(self) -> str:
        return f"thread {self.thread_id} up to {self.position}"


class Bookmark(models.Model):
    """A post that a member saved. No one else sees it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bookmarks")
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "post"], name="one_bookmark_each")]

    def __str__(self) -> str:
        return f"bookmark of post {self.post_id}"


class Subscription(models.Model):
    """A member who is notified of new posts in a thread, or of new threads in a category."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="subscriptions")
    thread = models.ForeignKey(Thread, models.CASCADE, null=True, related_name="subscriptions")
    category = models.ForeignKey(Category, models.CASCADE, null=True, related_name="subscriptions")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "thread"], name="follow_a_thread_once"),
            models.UniqueConstraint(fields=["user", "category"], name="follow_a_category_once"),
            models.CheckConstraint(
                condition=Q(thread__isnull=False, category__isnull=True)
                | Q(thread__isnull=True, category__isnull=False),
                name="a_thread_or_a_category",
            ),
        ]

    def __str__(self) -> str:
        return f"follows {self.thread or self.category}"


class Reaction(models.Model):
    """A reaction to a post. Reactions are shown, never added up to a member's score.

    Only the member who opened the thread can say that a reply answered them.
    """

    class Kind(models.TextChoices):
        THANKS = "thanks", "Thanks"
        ME_TOO = "me-too", "Me too"
        STRENGTH = "strength", "Strength to you"
        ANSWERED = "answered", "This answered me"

    post = models.ForeignKey(Post, models.CASCADE, related_name="reactions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reactions")
    kind = models.CharField(max_length=8, choices=Kind)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "by", "kind"], name="one_reaction_of_each_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=["thanks", "me-too", "strength", "answered"]), name="reaction_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for post {self.post_id}"
