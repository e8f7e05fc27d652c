"""Mentions of members in posts."""

from django.conf import settings
from django.db import models

from forum.models.posts import PostRevision


class Mention(models.Model):
    """A member mentioned in a revision. The row, not the name in the text, identifies them, so it survives a change of name."""

    revision = models.ForeignKey(PostRevision, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(
        max_length=64,
        blank=True,
        help_text="The name in the text, as a NameClaim.key; sealed after erasure.",
    )
    notified = models.BooleanField(default=False, help_text="Set when the text appears: one notification per post.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "user"], name="one_mention_each")]

    def __str__(self) -> str:
        return f"mention in {self.revision}"
