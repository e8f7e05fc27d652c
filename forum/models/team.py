"""The team at work: who was seen in the queue, and which words among moderators were read or seen to."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from forum.models.queue import PrivateNote

PERSON = settings.AUTH_USER_MODEL
HERE = timedelta(minutes=5)  # so long somebody counts as being here after their browser last said so


class PresenceQuerySet(models.QuerySet["Presence"]):
    def now(self) -> "PresenceQuerySet":
        return self.filter(seen_at__gt=timezone.now() - HERE)


class Presence(models.Model):
    """When a moderator's browser last said that it shows the queue: the last time only, for the team's board."""

    moderator = models.OneToOneField(PERSON, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)

    objects = PresenceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"seen {self.seen_at:%d %b %H:%M}"


class NoteReceipt(models.Model):
    """That a colleague read a note at the end of a duty, or that the lead has seen to a wish to talk."""

    note = models.ForeignKey(PrivateNote, models.PROTECT, related_name="seen")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "by"], name="a_note_is_seen_once_by_each")]

    def __str__(self) -> str:
        return f"note {self.note_id} seen"
