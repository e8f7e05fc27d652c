"""Names that members chose, and what moderators decided about them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.models.credentials import Credential

PERSON = settings.AUTH_USER_MODEL


class NameChangeQuerySet(models.QuerySet["NameChange"]):
    def open(self) -> "NameChangeQuerySet":
        """Those that a moderator has not looked at yet."""
        return self.filter(state__in=NameChange.OPEN)


class NameChange(models.Model):
    """A name that a member chose: shown at once, or after a moderator approved it."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting for a moderator"
        SHOWN = "shown", "shown, not yet looked at by a moderator"
        APPROVED = "approved", "approved"
        REFUSED = "refused", "not approved"
        REVERTED = "reverted", "changed back by a moderator"
        REPLACED = "replaced", "replaced by another choice"

    class Reason(models.TextChoices):
        ROLE = "role", "It sounds like a clinician, our team or an official body."
        SOMEONE = "someone", "It could be mistaken for someone else."
        IDENTIFIES = "identifies", "It could identify you or someone else."
        ADVERT = "advert", "It advertises something."
        HURTS = "hurts", "It could frighten or hurt readers."
        ADVICE = "advice", "It gives health advice."
        OTHER = "other", "See the moderator’s message."

    TRANSITIONS = {
        State.WAITING: {State.SHOWN, State.APPROVED, State.REFUSED, State.REPLACED},
        State.SHOWN: {State.APPROVED, State.REVERTED, State.REPLACED},
        State.APPROVED: set(),
        State.REFUSED: set(),
        State.REVERTED: set(),
        State.REPLACED: set(),
    }
    OPEN = [State.WAITING, State.SHOWN]

    user = models.ForeignKey(PERSON, models.PROTECT, related_name="name_changes")
    name = models.CharField(max_length=40)
    old_name = models.CharField(max_length=40, blank=True, help_text="Empty: the name was chosen at sign-up.")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING, editable=False)
    concerns = ArrayField(
        models.CharField(max_length=80), default=list, help_text="Why it waits for a moderator. For moderators only."
    )
    chosen_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    credential = models.ForeignKey(Credential, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    note = models.TextField(max_length=500, blank=True, help_text="The moderator’s message to the member.")

    objects = NameChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state__in=["waiting", "shown"]),
                name="one_open_name_change_per_user",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "shown", "approved", "refused", "reverted", "replaced"]),
                name="name_change_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "shown", "replaced"])
                | models.Q(decided_by__isnull=False, credential__isnull=False, decided_at__isnull=False),
                name="decided_name_change_has_a_moderator",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["refused", "reverted"]) | ~models.Q(reason=""),
                name="turned_down_name_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"name change {self.pk}, {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN
