"""Sanctions against members, and appeals against them."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.triggers import append_only


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def in_force(self, at: datetime | None = None) -> "SanctionQuerySet":
        at = at or timezone.now()
        open_ended = models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=at)
        return self.filter(open_ended, lift__isnull=True, starts_at__lte=at)

    def suspending(self, at: datetime | None = None) -> "SanctionQuerySet":
        """Return the suspensions and closures that are in force at a time, or now."""
        return self.in_force(at).filter(kind__in=[Sanction.Kind.SUSPENSION, Sanction.Kind.CLOSURE])

    def restricting(self) -> "SanctionQuerySet":
        """Return what restricts a present member now: all that is in force except warnings."""
        return self.in_force().exclude(kind=Sanction.Kind.WARNING).exclude(user__state="erased")


class Sanction(models.Model):
    """A warning, limit, suspension or closure. Append-only; it ends at `ends_at` or with a `Lift`."""

    class Kind(models.TextChoices):
        WARNING = "warning", "warning"
        LIMIT = "limit", "limited number of posts per day"
        SUSPENSION = "suspension", "suspended"
        CLOSURE = "closure", "account closed"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sanctions")
    kind = models.CharField(max_length=10, choices=Kind)
    posts_per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.TextField(help_text="For staff: what happened. It is included in the member’s data export.")
    message = models.TextField(help_text="To the member, in plain and kind words.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True, help_text="Leave empty to keep it until it is lifted.")

    objects = SanctionQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        permissions = [("impose_sanction", "May warn, limit, suspend and close accounts")]
        triggers = [append_only()]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["warning", "limit", "suspension", "closure"]),
                name="sanction_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="limit", posts_per_day__isnull=False)
                | (~models.Q(kind="limit") & models.Q(posts_per_day__isnull=True)),
                name="posts_per_day_only_for_limits",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="sanction_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} since {self.starts_at:%d %b %Y}"

    @property
    def awaits_answer(self) -> bool:
        return hasattr(self, "appeal") and self.appeal.state == SanctionAppeal.State.WAITING


class Lift(models.Model):
    """The early end of a sanction."""

    sanction = models.OneToOneField(Sanction, models.PROTECT, related_name="lift")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"lifted {self.at:%d %b %Y}"


class SanctionAppealQuerySet(models.QuerySet["SanctionAppeal"]):
    def answerable(self) -> "SanctionAppealQuerySet":
        """Leave out those of erased members, which can no longer be answered."""
        return self.exclude(sanction__user__state="erased")

    def waiting(self) -> "SanctionAppealQuerySet":
        return self.answerable().filter(state=SanctionAppeal.State.WAITING)


class SanctionAppeal(models.Model):
    """A member's only appeal against a sanction, decided by someone who did not impose it."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting for an answer"
        UPHELD = "upheld", "the sanction was upheld"
        GRANTED = "granted", "the sanction was lifted"

    TRANSITIONS = {State.WAITING: {State.UPHELD, State.GRANTED}, State.UPHELD: set(), State.GRANTED: set()}

    sanction = models.OneToOneField(Sanction, models.PROTECT, related_name="appeal")
    text = models.TextField(max_length=2000)
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING, editable=False)
    answer = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, editable=False)

    objects = SanctionAppealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "upheld", "granted"]), name="sanction_appeal_state_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"appeal, {self.get_state_display()}"
