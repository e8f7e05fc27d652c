"""Proposals to weaken triage, each decided by a second person."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from forum.models.enforced_transitions import enforce_transitions

PERSON = settings.AUTH_USER_MODEL


class TriageProposalQuerySet(models.QuerySet["TriageProposal"]):
    def waiting(self) -> "TriageProposalQuerySet":
        return self.filter(state=TriageProposal.State.WAITING)

    def waiting_for(self, user: User) -> "TriageProposalQuerySet":
        """Select proposals that this user may decide, if they may edit triage. No one decides on their own."""
        return self.waiting().exclude(by=user)


@enforce_transitions
class TriageProposal(models.Model):
    """A change that weakens a RED rule, a list that it uses, or the text model.

    It takes effect when a second person accepts it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting for a second person"
        ACCEPTED = "accepted", "accepted"
        REJECTED = "rejected", "rejected"
        WITHDRAWN = "withdrawn", "withdrawn"

    TRANSITIONS = {
        State.WAITING: {State.ACCEPTED, State.REJECTED, State.WITHDRAWN},
        State.ACCEPTED: set(),
        State.REJECTED: set(),
        State.WITHDRAWN: set(),
    }

    subject = models.CharField(max_length=60, help_text="“rule suicide”, “list opioid” or “model danger”.")
    based_on = models.PositiveIntegerField(help_text="The number of the version that it would change.")
    content = models.JSONField(help_text="The whole rule, list or switch as it would be afterwards.")
    weakening = models.JSONField(help_text="What it weakens: the sentences that both people read.")
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, help_text="When it was accepted, rejected or withdrawn.")
    answer = models.CharField(max_length=500, blank=True, help_text="What the second person said.")

    objects = TriageProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "proposal to weaken triage"
        verbose_name_plural = "proposals to weaken triage"
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(state="waiting"), name="one_waiting_triage_proposal_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | Q(state="withdrawn", decided_by__isnull=True, decided_at__isnull=False)
                | Q(state__in=["accepted", "rejected"], decided_by__isnull=False, decided_at__isnull=False),
                name="triage_proposal_state_fits_its_decision",
            ),
            models.CheckConstraint(condition=~Q(decided_by=F("by")), name="no_one_decides_their_own_triage_proposal"),
            models.CheckConstraint(condition=~Q(reason=""), name="triage_proposal_has_a_reason"),
        ]
        triggers = [
            pgtrigger.Protect(name="no_triage_proposal_is_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="triage_proposal_stays_as_sent",
                fields=["subject", "based_on", "content", "weakening", "reason", "by", "made_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.get_state_display()}"
