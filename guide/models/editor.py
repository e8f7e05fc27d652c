"""The editors' desk: unsaved words, and what the desk should know."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

PERSON = settings.AUTH_USER_MODEL


class Autosave(models.Model):
    """What an editor has typed and not yet saved, kept for them alone: of one article, or of one reference row."""

    owner = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    place = models.CharField(max_length=80, help_text="“article 12”, “question 4”, “question new”.")
    begun_from = models.CharField(
        max_length=64, blank=True, help_text="The revision, or the digest of the row, it began from."
    )
    words = models.JSONField(help_text="The form's fields.")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "place"], name="one_unsaved_text_for_a_place")]

    def __str__(self) -> str:
        return f"unsaved words at {self.place}"


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    def dead(self) -> "LinkCheckQuerySet":
        """Gone for certain, or without a good answer three times in a row: a site may have a bad day."""
        return self.filter(Q(status__in=[404, 410]) | Q(failures__gte=3)).exclude(trouble="")

    def due(self, now: datetime, good: timedelta, bad: timedelta) -> "LinkCheckQuerySet":
        """To be asked again: what answered, after a long while; what did not, soon."""
        soon = Q(checked_at__lte=now - bad) & ~Q(trouble="")
        return self.filter(soon | Q(checked_at__lte=now - good))


class LinkCheck(models.Model):
    """What the worker last got from an address that the guide links to; only where outbound requests are switched on."""

    url = models.URLField(max_length=500, unique=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="HTTP; empty: no answer.")
    trouble = models.CharField(max_length=200, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="In a row.")
    checked_at = models.DateTimeField()

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-failures", "url"]

    def __str__(self) -> str:
        return self.url


class DailyCount(models.Model):
    """How often a page was read, or a search found nothing, on one day. Nothing about who."""

    class Kind(models.TextChoices):
        READ = "read", "pages read"
        MISSED = "missed", "searches that found nothing"

    day = models.DateField()
    kind = models.CharField(max_length=6, choices=Kind)
    what = models.CharField(max_length=120, help_text="An article's slug, or the folded words of the search.")
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "kind", "what"], name="one_count_for_a_day"),
            models.CheckConstraint(condition=Q(kind__in=["read", "missed"]), name="count_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.what}: {self.times}"


class EditorPreference(models.Model):
    """What an editor asked for: a digest by mail, and how often."""

    class Digest(models.TextChoices):
        NEVER = "never", "never"
        DAILY = "daily", "each morning"
        WEEKLY = "weekly", "each Monday"

    owner = models.OneToOneField(PERSON, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=6, choices=Digest, default=Digest.NEVER)
    digest_sent_on = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(digest__in=["never", "daily", "weekly"]), name="digest_is_known")
        ]

    def __str__(self) -> str:
        return f"digest {self.digest}"
