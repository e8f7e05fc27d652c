"""What moderators keep for themselves: unsent texts on review items, and replies that they use again."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from forum.models.queue import ReviewItem


class ActionDraft(models.Model):
    """What a moderator typed in the form of an action on a review item and has not sent. Sending it deletes the row."""

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="action_drafts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    action = models.SlugField(max_length=24, help_text="The name of the moderation action.")
    data = models.JSONField(default=dict, help_text="The form's visible fields, by name.")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["saved_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["item", "by", "action"], name="one_draft_per_item_and_action")]

    def __str__(self) -> str:
        return f"draft on item {self.item_id}: {self.action}"


class SavedReply(models.Model):
    """A text that a moderator keeps in order to insert it into messages and notes. Only they see it."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    title = models.CharField(max_length=80, help_text="For yourself, to find it in the list.")
    text = models.TextField(max_length=2000)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["title", "pk"]
        verbose_name_plural = "saved replies"
        constraints = [
            models.UniqueConstraint(fields=["by", "title"], name="one_saved_reply_per_title"),
            models.CheckConstraint(condition=~Q(text=""), name="saved_reply_has_a_text"),
        ]

    def __str__(self) -> str:
        return self.title
