"""Decisions: the append-only log of what moderators decided on revisions."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Credential
from core.triggers import append_only
from forum.models.posts import PostRevision

FORBID_OWN_POST = """
    IF EXISTS (
        SELECT 1 FROM forum_postrevision r JOIN forum_post p ON p.id = r.post_id
        WHERE r.id = NEW.revision_id AND p.author_id = NEW.by_id
    ) THEN
        RAISE EXCEPTION 'a moderator may not decide on their own post';
    END IF;
    RETURN NEW;
"""


class DecisionQuerySet(models.QuerySet["Decision"]):
    def between(self, first: Any, end: Any) -> "DecisionQuerySet":
        return self.filter(decided_at__gte=first, decided_at__lt=end)

    def without_messages(self) -> "DecisionQuerySet":
        return self.exclude(action=Decision.Action.MESSAGE)


class Decision(models.Model):
    """A moderator's decision on a revision, or a message to its author, with the credential in force. Never changed."""

    class Action(models.TextChoices):
        APPROVED = "approved", "approved"
        READ = "read", "read after publication and left as it is"
        CHANGES = "changes", "asked for changes"
        REJECTED = "rejected", "not published"
        REMOVED = "removed", "removed"
        RESTORED = "restored", "restored"
        HIDDEN = "hidden", "hidden during review"
        MESSAGE = "message", "message from a moderator"  # decides nothing

    revision = models.ForeignKey(PostRevision, models.PROTECT, related_name="decisions")
    action = models.CharField(max_length=9, choices=Action)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=24, blank=True)
    note = models.TextField(blank=True, help_text="Message to the author.")
    waited = models.DurationField(help_text="Time from submission to this decision.")
    lane = models.PositiveSmallIntegerField(
        null=True, help_text="The lane at the time of the decision: RED 1, AMBER 2, GREEN 3."
    )
    with_note = models.BooleanField(default=False, help_text="Approved with a clinical note.")
    with_redaction = models.BooleanField(default=False)
    decided_at = models.DateTimeField(auto_now_add=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["decided_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    action__in=[
                        *("approved", "read", "changes", "rejected"),
                        *("removed", "restored", "hidden", "message"),
                    ]
                ),
                name="decision_action_is_known",
            ),
            models.CheckConstraint(
                condition=Q(action__in=["approved", "read", "restored", "message"]) | ~Q(reason=""),
                name="refusal_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["decided_at"], name="decisions_by_time")]
        triggers = [
            append_only(),
            pgtrigger.Trigger(
                name="no_decision_on_own_post",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=FORBID_OWN_POST,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.revision}"
