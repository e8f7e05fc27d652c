"""A row that readers see, as an editor would have it, and what was decided about that."""

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from guide.models.articles import ArticleRevision

PERSON = settings.AUTH_USER_MODEL
# Who wrote any of the words of the change that NEW decides on: its author, and those of the drafts it took over.
NOBODY_APPROVES_THEIR_OWN = """
    IF NEW.action = 'published' AND NEW.by_id IS NOT NULL THEN
        RAISE EXCEPTION 'Only the clock publishes: a person approves.';
    END IF;
    IF NEW.action = 'approved' AND (NEW.by_id IS NULL OR EXISTS (
        WITH RECURSIVE drafts AS (
            SELECT id, author_id, replaces_id FROM guide_referencechange WHERE id = NEW.change_id
            UNION SELECT c.id, c.author_id, c.replaces_id FROM guide_referencechange c
                JOIN drafts ON c.id = drafts.replaces_id
        )
        SELECT 1 FROM drafts WHERE author_id = NEW.by_id
        UNION ALL SELECT 1 FROM guide_referencedecision
            WHERE change_id = NEW.change_id AND action = 'submitted' AND by_id = NEW.by_id
    )) THEN
        RAISE EXCEPTION 'Nobody approves their own change.';
    END IF;
    RETURN NEW;
"""
NOTHING_IS_APPROVED_WITHOUT_A_DECISION = """
    IF NEW.state = 'approved' AND NOT EXISTS (
        SELECT 1 FROM guide_referencedecision WHERE change_id = NEW.id AND action IN ('approved', 'urgent')
    ) THEN
        RAISE EXCEPTION 'A change is approved by a decision.';
    END IF;
    RETURN NEW;
"""


class ReferenceChangeQuerySet(models.QuerySet["ReferenceChange"]):
    def open(self) -> "ReferenceChangeQuerySet":
        """What somebody still works on or waits for."""
        states = ArticleRevision.State
        return self.filter(state__in=[states.DRAFT, states.SUBMITTED, states.SENT_BACK])

    def of_row(self, model: str, row: int | None) -> "ReferenceChangeQuerySet":
        """Changes of one row; none for a row that is not there yet."""
        return self.filter(model=model, row=row) if row is not None else self.none()

    def planned(self) -> "ReferenceChangeQuerySet":
        """Approved, and its time has not been served yet."""
        return self.filter(state=ArticleRevision.State.APPROVED, applied_at__isnull=True)

    def due(self) -> "ReferenceChangeQuerySet":
        return self.planned().filter(live_at__lte=timezone.now())

    def for_review_by(self, user: User) -> "ReferenceChangeQuerySet":
        """What waits for review, but what this person wrote or sent."""
        sent = ReferenceDecision.objects.filter(change=models.OuterRef("pk"), action="submitted", by=user)
        return self.filter(~models.Exists(sent), state=ArticleRevision.State.SUBMITTED).exclude(author=user)

    def unread_urgent(self) -> "ReferenceChangeQuerySet":
        """What readers see although no second person has read it yet; not what a later change has replaced."""
        seen = ReferenceDecision.objects.filter(change=models.OuterRef("pk"))
        same = {"model": models.OuterRef("model"), "row": models.OuterRef("row")}
        later = ReferenceChange.objects.filter(**same, pk__gt=models.OuterRef("pk"), applied_at__isnull=False)
        skipped, read = seen.filter(action="urgent"), seen.filter(action="approved")
        return self.filter(models.Exists(skipped), ~models.Exists(read), ~models.Exists(later))

    def with_time_of_urgency(self) -> "ReferenceChangeQuerySet":
        """Each with `urgent_at`, when it went live before its review."""
        urgent = ReferenceDecision.objects.filter(change=models.OuterRef("pk"), action="urgent")
        return self.annotate(urgent_at=models.Subquery(urgent.values("decided_at")[:1]))


class ReferenceChange(models.Model):
    """A row that readers see (a question, a term, a help line, ...) as an editor would have it, until it is let through.

    `fields` holds every field by name, and inline rows under the name of their relation. `before` is the row as it was
    when the change began, so that a second change to the same row is noticed.
    """

    State = ArticleRevision.State
    # What was approved for later may be called back until its time; what was applied stays (a constraint says so).
    TRANSITIONS = ArticleRevision.TRANSITIONS | {
        State.APPROVED: {State.DRAFT, State.SENT_BACK, State.SUPERSEDED},
    }

    model = models.CharField(max_length=40, help_text="Lower case, without the app: “question”.")
    row = models.PositiveBigIntegerField(null=True, blank=True, help_text="Its primary key. Empty: a new row.")
    removes = models.BooleanField(default=False)
    label = models.CharField(max_length=200)
    fields = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    author = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True, help_text="What changed, and why.")
    state = models.CharField(max_length=10, choices=ArticleRevision.State, default="draft")
    live_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The change that this one was written over: its author wrote some of these words too.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReferenceChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "change to a row"
        verbose_name_plural = "changes to questions, help lines and other rows"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "sent-back", "approved", "superseded"]),
                name="reference_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(state="approved"), name="only_approved_rows_are_applied"
            ),
            models.UniqueConstraint(
                fields=["model", "row"],
                condition=Q(state__in=["draft", "submitted", "sent-back"], row__isnull=False),
                name="one_open_change_for_a_row",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="change_is_final", exclude=["state", "live_at", "applied_at", "row"]),
            pgtrigger.Protect(name="change_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="approved_by_decision",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=NOTHING_IS_APPROVED_WITHOUT_A_DECISION,
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def kind(self) -> str:
        """What it is a change of, in words: “help line”."""
        return str(apps.get_model("guide", self.model)._meta.verbose_name)


class ReferenceDecision(models.Model):
    """Who sent, approved, or sent back a change of a reference row, and when. Rows are never changed or removed."""

    change = models.ForeignKey(ReferenceChange, models.PROTECT, related_name="decisions")
    action = models.CharField(max_length=12)
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    checked = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-decided_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=["submitted", "taken-back", "sent-back", "approved", "published", "urgent"]),
                name="reference_action_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(action__in=["urgent", "sent-back"]) | ~Q(reason=""),
                name="reference_reason_is_given",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="reference_is_final", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="nobody_approves_their_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=NOBODY_APPROVES_THEIR_OWN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.change}"
