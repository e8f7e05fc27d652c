"""Exports of a member's own data, made by the worker."""

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.utils import timezone


def export_store() -> FileSystemStorage:
    """Storage outside every served folder. Only the owner's download reads it."""
    return FileSystemStorage(
        location=settings.PRIVATE_ROOT / "exports",
        base_url=None,
        file_permissions_mode=0o600,
        directory_permissions_mode=0o700,
    )


class DataExport(models.Model):
    """A ZIP of all data about one person, available to them for a week."""

    class State(models.TextChoices):
        WAITING = "waiting", "being made"
        READY = "ready", "ready"
        EXPIRED = "expired", "deleted"

    TRANSITIONS = {State.WAITING: {State.READY}, State.READY: {State.EXPIRED}, State.EXPIRED: set()}

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    file = models.FileField(storage=export_store, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(state="waiting"), name="one_waiting_export_per_user"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "ready", "expired"]), name="export_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}, {self.get_state_display()}"
