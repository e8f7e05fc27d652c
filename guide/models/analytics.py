"""What the guide measures: page views, failed searches and dead links."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q


class DailyCount(models.Model):
    """How often a page was read, or a search found nothing, on one day. Says nothing about who."""

    class Kind(models.TextChoices):
        READ = "read", "pages read"
        MISSED = "missed", "searches that found nothing"
        HASHED = "hashed", "searches that found nothing, hashed"

    day = models.DateField()
    kind = models.CharField(max_length=6, choices=Kind)
    key = models.CharField(max_length=120, help_text="An article's slug, search terms in lower case, or their hash.")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "kind", "key"], name="daily_count_unique"),
            models.CheckConstraint(condition=Q(kind__in=["read", "missed", "hashed"]), name="daily_count_kind_valid"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.key}: {self.count}"


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    def dead(self) -> "LinkCheckQuerySet":
        """Return links that are gone, or that failed three times in a row, since a site may have a bad day."""
        return self.filter(Q(status__in=[404, 410]) | Q(failures__gte=3)).exclude(error="")

    def due(self, now: datetime, interval: timedelta, retry_interval: timedelta) -> "LinkCheckQuerySet":
        """Return links to check again: working ones after `interval`, failed ones after `retry_interval`."""
        retries = Q(checked_at__lte=now - retry_interval) & ~Q(error="")
        return self.filter(retries | Q(checked_at__lte=now - interval))


class LinkCheck(models.Model):
    """The last answer from a URL that the guide links to. Links are checked only if outbound requests are allowed."""

    url = models.URLField(max_length=500, unique=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="HTTP status; empty: no answer.")
    error = models.CharField(max_length=200, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="In a row.")
    checked_at = models.DateTimeField()

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-failures", "url"]

    def __str__(self) -> str:
        return self.url
