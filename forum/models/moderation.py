"""Moderation records: redactions, thread log, reason templates, alarms, second reviews, read-only periods."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Credential, User
from core.triggers import append_only
from forum.models.decisions import Decision
from forum.models.posts import PostRevision
from forum.models.queue import ReviewItem
from forum.models.reports import Report
from forum.models.threads import Thread
from guide.models import Article

PERSON = settings.AUTH_USER_MODEL


class RedactionQuerySet(models.QuerySet["Redaction"]):
    def in_force(self) -> "RedactionQuerySet":
        """Exclude redactions that were overturned on appeal."""
        return self.exclude(decision__appeal__state="overturned")

    def overturned(self) -> "RedactionQuerySet":
        return self.filter(decision__appeal__state="overturned")


class Redaction(models.Model):
    """A span of a revision that readers see as ▮▮▮, and why. The stored text itself is not changed."""

    class Why(models.TextChoices):
        CONTACT = "contact", "contact details"
        NAME = "name", "a name"
        DOSE = "dose", "a dose"

    revision = models.ForeignKey(PostRevision, models.PROTECT, related_name="redactions")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="redactions")
    part = models.CharField(max_length=7, choices=[(p, p) for p in ("title", "warning", "body")], default="body")
    start = models.PositiveIntegerField(help_text="Offset in characters within that part.")
    end = models.PositiveIntegerField()
    why = models.CharField(max_length=8, choices=Why)

    objects = RedactionQuerySet.as_manager()

    class Meta:
        ordering = ["part", "start"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=models.F("start")), name="redaction_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(why__in=["contact", "name", "dose"]), name="redaction_reason_is_known"),
        ]
        triggers = [append_only("redactions_are_append_only")]

    def __str__(self) -> str:
        return f"{self.get_why_display()} in {self.part}"


class ThreadLogEntry(models.Model):
    """A moderator's action on a whole thread. Never changed or deleted."""

    class Action(models.TextChoices):
        LOCKED = "locked", "closed to new posts"
        UNLOCKED = "unlocked", "opened again"
        SLOWED = "slowed", "slow mode"
        MOVED = "moved", "moved to another category"
        MERGED = "merged", "merged into another thread"
        SPLIT = "split", "split into two"
        PINNED = "pinned", "pinned"
        UNPINNED = "unpinned", "no longer pinned"
        ANSWER = "answer", "clinician's answer marked"
        NOTED = "noted", "clinical note added"
        UNNOTED = "unnoted", "clinical note withdrawn"
        STALE = "stale", "clinical note flagged as outdated"
        KEPT = "kept", "clinical note checked and kept"

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="log_entries")
    other = models.ForeignKey(Thread, models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=8, choices=Action)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=240, blank=True)
    details = models.JSONField(default=dict)
    done_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["done_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    action__in=[
                        *("locked", "unlocked", "slowed", "moved", "merged"),
                        *("split", "pinned", "unpinned", "answer"),
                        *("noted", "unnoted", "stale", "kept"),
                    ]
                ),
                name="thread_log_action_is_known",
            )
        ]
        triggers = [append_only("thread_log_is_append_only")]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.thread}"


class ReasonTemplate(models.Model):
    """A reason that moderators choose from a list, with standard messages to the author. Administrators edit the list."""

    code = models.SlugField(max_length=24, unique=True)
    title = models.CharField(max_length=120, help_text="What members see in a decision or in place of a removed post.")
    words = models.TextField(
        blank=True,
        max_length=1000,
        help_text="Standard message when you ask for changes, plain and kind. The moderator can change it.",
    )
    refusal_words = models.TextField(
        blank=True,
        max_length=1000,
        help_text="Standard message when the text isn’t published, or is hidden or removed. The moderator can change it.",
    )
    for_reports = models.BooleanField(default=True, help_text="Members can choose it when they report something.")
    active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class CitedChange(models.Model):
    """A change to a guide section that a clinical note or a clinician's answer in the queue cites."""

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="cited_changes")
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    anchor = models.CharField(max_length=200, blank=True, help_text="Empty: the whole page is cited.")
    before = models.TextField(help_text="The text when the item was opened.")
    after = models.TextField(help_text="The text after the latest change.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "article", "anchor"], name="one_change_per_cited_section")
        ]

    def __str__(self) -> str:
        return f"change of {self.article_id}#{self.anchor}"


class Alarm(models.Model):
    """A notification that an urgent item has waited too long; sent once for each step of each promise."""

    class Step(models.TextChoices):
        HALF = "half", "half the promised time has passed"
        FULL = "full", "the promised time has passed"
        LEAD = "lead", "the lead was told"

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="alarms")
    step = models.CharField(max_length=4, choices=Step)
    promised_at = models.DateTimeField(help_text="The item's due time: a new one begins when it becomes RED again.")
    told = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "step", "promised_at"], name="one_alarm_per_promise_and_step"),
            models.CheckConstraint(condition=Q(step__in=["half", "full", "lead"]), name="alarm_step_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: item {self.item_id}"


class SecondReviewQuerySet(models.QuerySet["SecondReview"]):
    def open_to(self, moderator: User) -> "SecondReviewQuerySet":
        """Exclude reviews of the moderator's own posts and approvals, and of posts that they reported."""
        post = models.OuterRef("decision__revision__post")
        found = self.exclude(decision__by=moderator).exclude(decision__revision__post__author=moderator)
        return found.exclude(models.Exists(Report.objects.filter(by=moderator, post=post)))

    def to_read(self, moderator: User) -> "SecondReviewQuerySet":
        """Open reviews of texts that are still public, or still sent back or refused, oldest first."""
        public = Q(decision__revision__post__state="published", decision__revision__state="approved")
        refused = Q(decision__revision__state__in=["rejected", "changes"]) & ~Q(decision__revision__body="")
        found = self.open_to(moderator).filter(public | refused, read_at=None).order_by("pk")
        return found.select_related("decision__revision__post__thread__category")

    def with_first_verdict(self) -> "SecondReviewQuerySet":
        """Annotate the first decision as a verdict: a text that was left as it was counts as approved."""
        left = models.When(decision__action=Decision.Action.READ, then=models.Value(Decision.Action.APPROVED))
        return self.annotate(first_verdict=models.Case(left, default=models.F("decision__action")))


class SecondReview(models.Model):
    """A second clinician's blind verdict on a text that was decided on. A random sample shows how often two agree."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="second_review")
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(max_length=9, blank=True, help_text="An action of Decision.")
    comment = models.TextField(blank=True, max_length=1000)
    drawn_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    objects = SecondReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | ~Q(verdict=""), name="completed_second_review_has_a_verdict"
            )
        ]

    def __str__(self) -> str:
        return f"second review of decision {self.decision_id}"


class ReadOnlyPeriodQuerySet(models.QuerySet["ReadOnlyPeriod"]):
    def running(self) -> "ReadOnlyPeriodQuerySet":
        return self.filter(ended_at=None)


class ReadOnlyPeriod(models.Model):
    """A period in which members cannot send posts. Begun by the lead, or automatically if no one is on duty."""

    began_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", help_text="Empty: begun automatically.")
    reason = models.CharField(max_length=240)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")

    objects = ReadOnlyPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(ended_at__isnull=True), name="one_read_only_period_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"read-only from {self.began_at:%d %b %Y %H:%M}"
