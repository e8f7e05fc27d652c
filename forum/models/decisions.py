"""What moderators decided, and what members asked them to look at."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Credential
from core.triggers import append_only
from forum.models.posts import Post, PostRevision
from forum.models.transitions import enforce_transitions

NOT_THEIR_OWN = """
    IF EXISTS (
        SELECT 1 FROM forum_postrevision r JOIN forum_post p ON p.id = r.post_id
        WHERE r.id = NEW.revision_id AND p.author_id = NEW.by_id
    ) THEN
        RAISE EXCEPTION 'nobody decides on their own words';
    END IF;
    RETURN NEW;
"""


class DecisionQuerySet(models.QuerySet["Decision"]):
    def between(self, first: Any, end: Any) -> "DecisionQuerySet":
        return self.filter(decided_at__gte=first, decided_at__lt=end)

    def standing(self) -> "DecisionQuerySet":
        """All but those that were taken back within half a minute: the next row about the same text says so."""
        later = Decision.objects.filter(revision=models.OuterRef("revision"), pk__gt=models.OuterRef("pk"))
        following = models.Subquery(later.order_by("pk").values("action")[:1])
        kept = self.alias(following=following).exclude(action=Decision.Action.UNDONE)
        return kept.filter(Q(following=None) | ~Q(following=Decision.Action.UNDONE))


class Decision(models.Model):
    """Who let a revision through, or not, with which credential, and why. The database keeps it for ever."""

    class Action(models.TextChoices):
        APPROVED = "approved", "approved"
        READ = "read", "read afterwards and left as it is"
        CHANGES = "changes", "asked for changes"
        REJECTED = "rejected", "not published"
        REMOVED = "removed", "removed"
        RESTORED = "restored", "restored"
        HIDDEN = "hidden", "hidden while it is looked into"
        UNDONE = "undone", "the decision before was undone"

    revision = models.ForeignKey(PostRevision, models.PROTECT, related_name="decisions")
    action = models.CharField(max_length=9, choices=Action)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=24, blank=True)
    note = models.TextField(blank=True, help_text="Words to the author.")
    waited = models.DurationField(help_text="From sending to this decision.")
    lane = models.PositiveSmallIntegerField(
        null=True, help_text="RED 1, AMBER 2, GREEN 3: as it was when it was decided."
    )
    with_note = models.BooleanField(default=False, help_text="Approved with a clinical note beside it.")
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
                        *("removed", "restored", "hidden", "undone"),
                    ]
                ),
                name="decision_action_is_known",
            ),
            models.CheckConstraint(
                condition=Q(action__in=["approved", "read", "restored", "undone"]) | ~Q(reason=""),
                name="a_no_has_its_reason",
            ),
        ]
        indexes = [models.Index(fields=["decided_at"], name="decisions_by_time")]
        triggers = [
            append_only(),
            pgtrigger.Trigger(
                name="nobody_decides_on_their_own",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=NOT_THEIR_OWN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.revision}"


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> "ReportQuerySet":
        return self.filter(state=Report.State.OPEN)

    def about_the_same(self, report: "Report") -> "ReportQuerySet":
        """Every report on the post, or on the member, that this one is about."""
        return self.filter(post=report.post_id, member=report.member_id)


@enforce_transitions
class Report(models.Model):
    """A member's word that a post, or a member, needs a second look."""

    class State(models.TextChoices):
        OPEN = "open", "open"
        ACTED = "acted", "a moderator acted on it"
        KEPT = "kept", "nothing was changed"

    TRANSITIONS = {State.OPEN: {State.ACTED, State.KEPT}, State.ACTED: set(), State.KEPT: set()}

    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="reports")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=24, help_text="The code of a kept reason.")
    note = models.TextField(blank=True, max_length=1000)
    state = models.CharField(max_length=5, choices=State, default=State.OPEN)
    made_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "by"], condition=Q(state="open"), name="one_open_report_each"),
            models.UniqueConstraint(
                fields=["member", "by"], condition=Q(state="open"), name="one_open_report_of_a_member_each"
            ),
            models.CheckConstraint(
                condition=Q(post__isnull=False, member__isnull=True) | Q(post__isnull=True, member__isnull=False),
                name="a_report_is_about_a_post_or_a_member",
            ),
            models.CheckConstraint(condition=Q(state__in=["open", "acted", "kept"]), name="report_state_is_known"),
        ]

    def __str__(self) -> str:
        about = f"post {self.post_id}" if self.post_id else f"member {self.member_id}"
        return f"report on {about}, {self.get_state_display()}"
