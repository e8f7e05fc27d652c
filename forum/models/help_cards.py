"""Help cards: help lines sent to a person who may be in danger, and the follow-ups that clinicians plan."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Credential, User
from forum.models.posts import Post
from forum.models.queue import UNDO_PERIOD, ReviewItem

PERSON = settings.AUTH_USER_MODEL


class HelpCardQuerySet(models.QuerySet["HelpCard"]):
    def sent(self) -> "HelpCardQuerySet":
        """Cards that were not undone, the newest first."""
        return self.filter(undone_at__isnull=True).order_by("-sent_at", "-pk")

    def open(self) -> "HelpCardQuerySet":
        """Cards that two clinicians have not closed yet."""
        return self.sent().filter(second_closed_at__isnull=True)


class HelpCard(models.Model):
    """Help lines for one kind of danger, sent to one person. Two different clinicians close it."""

    class Kind(models.TextChoices):
        SELF_HARM = "self-harm", "suicide or self-harm"
        OVERDOSE = "overdose", "overdose"
        POISONING = "poisoning", "poisoning"
        VIOLENCE = "violence", "violence at home"
        WITHDRAWAL = "withdrawal", "alcohol withdrawal"
        CHILD = "child", "a child in danger"

    person = models.ForeignKey(PERSON, models.PROTECT, related_name="help_cards")
    item = models.ForeignKey(ReviewItem, models.PROTECT, related_name="help_cards")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    country = models.CharField(max_length=2, blank=True, help_text="Empty: not known, so the card shows all countries.")
    lines = models.JSONField(help_text="The help lines that the card named.")
    note = models.CharField(max_length=300, blank=True, help_text="The sender's own words.")
    sent_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(auto_now_add=True)
    alerted = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    item_before = models.JSONField(default=dict, help_text="The item's lane and times, for an undo.")
    undone_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True, help_text="First opened by the person, after logging in.")
    link_opened_at = models.DateTimeField(null=True, help_text="First time the mail's link was opened.")
    closed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    second_closed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    second_closed_at = models.DateTimeField(null=True)

    objects = HelpCardQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["sent_at"], name="help_cards_by_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["self-harm", "overdose", "poisoning", "violence", "withdrawal", "child"]),
                name="help_card_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(second_closed_by__isnull=True) | ~Q(second_closed_by=models.F("closed_by")),
                name="two_different_clinicians_close_a_help_card",
            ),
        ]

    def __str__(self) -> str:
        return f"help card {self.pk}"

    @property
    def undo_until(self) -> datetime:
        return self.sent_at + UNDO_PERIOD

    def can_still_be_undone(self) -> bool:
        """Within the undo period, and not opened yet: what was read can't be taken back."""
        opened = self.opened_at or self.link_opened_at
        return not (self.undone_at or opened or self.closed_at) and timezone.now() < self.undo_until

    def is_closed_for(self, person: User) -> bool:
        """Whether this clinician has closed it for their part."""
        return person.pk in (self.closed_by_id, self.second_closed_by_id)


class FollowUp(models.Model):
    """A clinician's plan to look at a person again: at its time it becomes a review item."""

    person = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    card = models.ForeignKey(HelpCard, models.PROTECT, null=True, related_name="follow_ups")
    assessment = models.TextField(max_length=2000, help_text="What the clinician saw and thought. Moderators read it.")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    item = models.OneToOneField(ReviewItem, models.PROTECT, null=True, related_name="follow_up")

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(item__isnull=True), name="follow_ups_due")]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"
