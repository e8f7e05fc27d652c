"""Appeals against decisions."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from forum.models.decisions import Decision
from forum.models.enforced_transitions import enforce_transitions


@enforce_transitions
class Appeal(models.Model):
    """An author's appeal against a decision, at most one for each; a moderator who did not make the decision answers it."""

    class State(models.TextChoices):
        OPEN = "open", "waiting for another clinician"
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
                name="answered_appeal_has_answerer_and_time",
            ),
        ]

    def __str__(self) -> str:
        return f"appeal against decision {self.decision_id}, {self.get_state_display()}"
