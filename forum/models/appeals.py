"""What makes moderation fair and visible: appeals, trust given by hand, who is on duty, and notes beside a post."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Credential
from forum.models.decisions import Decision
from forum.models.posts import Post
from forum.models.transitions import enforce_transitions


@enforce_transitions
class Appeal(models.Model):
    """An author's word against a decision, once; somebody who did not decide answers it."""

    class State(models.TextChoices):
        OPEN = "open", "waits for another clinician"
        UPHELD = "upheld", "the decision stands"
        OVERTURNED = "overturned", "the decision was changed"

    TRANSITIONS = {State.OPEN: {State.UPHELD, State.OVERTURNED}, State.UPHELD: set(), State.OVERTURNED: set()}

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="appeal")
    text = models.TextField(max_length=2000)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    made_at = models.DateTimeField(auto_now_add=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True, max_length=2000)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "upheld", "overturned"]), name="appeal_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="an_answered_appeal_names_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"appeal against decision {self.decision_id}, {self.get_state_display()}"


class TrustQuerySet(models.QuerySet["Trust"]):
    def in_force(self) -> "TrustQuerySet":
        return self.filter(ended_at__isnull=True)


class Trust(models.Model):
    """A moderator lets a member's posts appear before they are read, in categories that allow it. Given by hand only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="trusts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=240)
    given_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = TrustQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at__isnull=True), name="trusted_once_at_a_time")
        ]
        triggers = [
            pgtrigger.ReadOnly(name="trust_was_given_so", exclude=["ended_at", "ended_by"]),
            pgtrigger.Protect(name="trust_stays_known", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"trust given {self.given_at:%d %b %Y}"


class DutyQuerySet(models.QuerySet["Duty"]):
    def now(self) -> "DutyQuerySet":
        moment = timezone.now()
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)

    def of_moderators(self) -> "DutyQuerySet":
        """Not of who has no licence in force any more, or may not moderate."""
        licence = Credential.objects.of_moderators().filter(user=models.OuterRef("moderator"))
        return self.filter(models.Exists(licence))

    def next(self) -> "Duty | None":
        return self.filter(starts_at__gt=timezone.now()).order_by("starts_at").first()


class Duty(models.Model):
    """The hours in which a moderator has promised to look at the queue."""

    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="duties")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        verbose_name_plural = "duties"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="a_duty_has_a_length")
        ]
        indexes = [models.Index(fields=["ends_at"], name="duties_by_end")]

    def __str__(self) -> str:
        return f"{self.moderator}, {self.starts_at:%d %b %H:%M} to {self.ends_at:%H:%M}"


@enforce_transitions
class ClinicalNote(models.Model):
    """A clinician's words beside a post that needs them; the post stays as its author wrote it."""

    class State(models.TextChoices):
        SHOWN = "shown", "shown"
        WITHDRAWN = "withdrawn", "withdrawn"

    TRANSITIONS: dict[Any, set[Any]] = {State.SHOWN: {State.WITHDRAWN}, State.WITHDRAWN: set()}

    post = models.ForeignKey(Post, models.PROTECT, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="+")
    written_as = models.CharField(max_length=24, help_text="The profession verified at that time.")
    body = models.TextField(max_length=2000)
    html = models.TextField(editable=False)
    render_version = models.PositiveSmallIntegerField(default=1, editable=False)
    state = models.CharField(max_length=9, choices=State, default=State.SHOWN)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["shown", "withdrawn"]), name="clinical_note_state_is_known")
        ]
        triggers = [pgtrigger.ReadOnly(name="note_words_are_final", exclude=["html", "render_version", "state"])]

    def __str__(self) -> str:
        return f"clinical note beside post {self.post_id}"
