"""Trust: members whose posts are published before review."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q


class TrustQuerySet(models.QuerySet["Trust"]):
    def in_force(self) -> "TrustQuerySet":
        return self.filter(ended_at__isnull=True)


class Trust(models.Model):
    """Publish a member's posts before review, in categories that allow it. Only moderators grant trust; it is never automatic."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="trusts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=240)
    given_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = TrustQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="one_trust_in_force_per_user"
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="trust_is_read_only", exclude=["ended_at", "ended_by"]),
            pgtrigger.Protect(name="trust_is_not_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"trust given {self.given_at:%d %b %Y}"
