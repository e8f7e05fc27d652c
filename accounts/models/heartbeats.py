"""Heartbeats of the workers."""

from datetime import timedelta

from django.db import models
from django.utils import timezone


class WorkerHeartbeatQuerySet(models.QuerySet["WorkerHeartbeat"]):
    def recent(self) -> "WorkerHeartbeatQuerySet":
        return self.filter(beat_at__gt=timezone.now() - WorkerHeartbeat.MAX_AGE)

    def beat(self, name: str) -> None:
        """Record the worker's heartbeat, and delete those of workers silent for a day."""
        now = timezone.now()
        self.update_or_create(name=name, defaults={"beat_at": now})
        self.filter(beat_at__lt=now - timedelta(days=1)).delete()


class WorkerHeartbeat(models.Model):
    """The last time that a worker was seen running."""

    MAX_AGE = timedelta(minutes=2)  # longer than any chore should take

    name = models.CharField(max_length=80, primary_key=True)
    beat_at = models.DateTimeField()

    objects = WorkerHeartbeatQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
