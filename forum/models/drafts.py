"""What a member typed and did not send."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from forum.models.categories import Category
from forum.models.posts import Post
from forum.models.threads import Thread


class Draft(models.Model):
    """Form data that was not sent. `key` is the form's: sending it deletes the draft in the same transaction."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    key = models.UUIDField(default=uuid.uuid4)
    category = models.ForeignKey(Category, models.CASCADE, null=True, related_name="+")
    thread = models.ForeignKey(Thread, models.CASCADE, null=True, related_name="+")
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="+", help_text="The post being edited.")
    form_data = models.JSONField(default=dict, help_text="The form's fields as they were typed.")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(fields=["author", "key"], name="one_draft_for_a_form"),
            models.CheckConstraint(
                condition=Q(category__isnull=False, thread__isnull=True, post__isnull=True)
                | Q(category__isnull=True, thread__isnull=False, post__isnull=True)
                | Q(category__isnull=True, thread__isnull=True, post__isnull=False),
                name="a_draft_has_one_place",
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.saved_at:%d %b %Y}"
