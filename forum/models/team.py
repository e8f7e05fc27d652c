"""The moderators' team: shifts, presence, and receipts for private notes."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Credential
from forum.models.queue import PrivateNote

PERSON = settings.AUTH_USER_MODEL
PRESENCE_TIMEOUT = timedelta(minutes=5)  # after the browser's last signal


class DutyQuerySet(models.QuerySet["Duty"]):
    def now(self) -> "DutyQuerySet":
        moment = timezone.now()
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)

    def of_moderators(self) -> "DutyQuerySet":
        """Only shifts of people who are moderators now, with a credential in force."""
        credential = Credential.objects.of_moderators().filter(user=models.OuterRef("moderator"))
        return self.filter(models.Exists(credential))

    def next(self) -> "Duty | None":
        return self.filter(starts_at__gt=timezone.now()).order_by("starts_at").first()


class Duty(models.Model):
    """A shift during which a moderator has promised to watch the queue."""

    moderator = models.ForeignKey(PERSON, models.CASCADE, related_name="duties")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        verbose_name_plural = "duties"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="duty_ends_after_it_starts")
        ]
        indexes = [models.Index(fields=["ends_at"], name="duties_by_end")]

    def __str__(self) -> str:
        return f"{self.moderator}, {self.starts_at:%d %b %H:%M} to {self.ends_at:%H:%M}"


class PresenceQuerySet(models.QuerySet["Presence"]):
    def now(self) -> "PresenceQuerySet":
        return self.filter(seen_at__gt=timezone.now() - PRESENCE_TIMEOUT)


class Presence(models.Model):
    """When a moderator last had a page of the queue open; only the latest time is stored, for the duty board."""

    moderator = models.OneToOneField(PERSON, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)

    objects = PresenceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"seen {self.seen_at:%d %b %H:%M}"


class NoteReceipt(models.Model):
    """A record that a colleague read a handover note, or that the lead closed a debrief."""

    note = models.ForeignKey(PrivateNote, models.PROTECT, related_name="receipts")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "by"], name="one_receipt_per_note_and_reader")]

    def __str__(self) -> str:
        return f"note {self.note_id} seen"
