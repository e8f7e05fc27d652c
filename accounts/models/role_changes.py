"""Appointments of people to roles, and their ends."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.roles import APPOINTED
from core.triggers import append_only


class RoleChange(models.Model):
    """Who gave someone a role or took it from them, and why. Append-only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="role_changes")
    role = models.CharField(max_length=20, choices=[(name, name) for name in APPOINTED])
    given = models.BooleanField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        triggers = [append_only()]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=list(APPOINTED)), name="role_is_known"),
            models.CheckConstraint(condition=~Q(by=F("user")), name="role_not_given_to_oneself"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {'given' if self.given else 'taken away'}"
