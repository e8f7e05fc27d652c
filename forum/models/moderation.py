"""What moderators do besides letting a text through or not: spans hidden, threads moved, and the team's own log."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Credential, User
from core.triggers import append_only
from forum.models.decisions import Decision, Report
from forum.models.posts import PostRevision
from forum.models.queue import ReviewItem
from forum.models.threads import Thread
from guide.models import Article

PERSON = settings.AUTH_USER_MODEL


class RedactionQuerySet(models.QuerySet["Redaction"]):
    def in_force(self) -> "RedactionQuerySet":
        """All but those against which an author appealed and was right, and those of a decision that was undone."""
        undone = Decision.objects.filter(
            revision=models.OuterRef("revision"), action=Decision.Action.UNDONE, pk__gt=models.OuterRef("decision")
        )
        return self.exclude(decision__appeal__state="overturned").exclude(models.Exists(undone))


class Redaction(models.Model):
    """A span of a published text that readers see as ▮▮▮, with why. The words themselves stay as their author wrote them."""

    class Why(models.TextChoices):
        CONTACT = "contact", "contact details"
        NAME = "name", "a name"
        DOSE = "dose", "a dose"

    revision = models.ForeignKey(PostRevision, models.PROTECT, related_name="redactions")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="redactions")
    part = models.CharField(max_length=7, choices=[(p, p) for p in ("title", "warning", "body")], default="body")
    start = models.PositiveIntegerField(help_text="In characters of that part.")
    end = models.PositiveIntegerField()
    why = models.CharField(max_length=8, choices=Why)

    objects = RedactionQuerySet.as_manager()

    class Meta:
        ordering = ["part", "start"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=models.F("start")), name="a_redaction_has_a_span"),
            models.CheckConstraint(condition=Q(why__in=["contact", "name", "dose"]), name="redaction_is_known"),
        ]
        triggers = [append_only("redactions_stay")]

    def __str__(self) -> str:
        return f"{self.get_why_display()} in {self.part}"


class ThreadLogEntry(models.Model):
    """What was done to a whole thread. The database keeps it for ever."""

    class Action(models.TextChoices):
        LOCKED = "locked", "closed to new posts"
        UNLOCKED = "unlocked", "opened again"
        SLOWED = "slowed", "slow mode"
        MOVED = "moved", "moved to another category"
        MERGED = "merged", "merged into another thread"
        SPLIT = "split", "split into two"
        PINNED = "pinned", "pinned"
        UNPINNED = "unpinned", "no longer pinned"
        ANSWER = "answer", "the clinician's answer marked"
        NOTED = "noted", "a clinical note added"
        UNNOTED = "unnoted", "a clinical note withdrawn"
        STALE = "stale", "a clinical note to look at again"
        KEPT = "kept", "a clinical note read again and kept"

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="acts")
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
                name="thread_act_is_known",
            )
        ]
        triggers = [append_only("acts_stay")]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.thread}"


class ReasonTemplate(models.Model):
    """A reason that moderators choose, with standard words to the author. Administrators keep the list."""

    code = models.SlugField(max_length=24, unique=True)
    title = models.CharField(max_length=120, help_text="As members see it in a tombstone or a decision.")
    words = models.TextField(max_length=1000, help_text="To the author, plain and kind; the moderator may change them.")
    for_reports = models.BooleanField(default=True, help_text="Members may choose it when they report.")
    active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class CitedChange(models.Model):
    """What readers of the guide see otherwise now, in a section on which a note or an answer in the queue rests."""

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="cited_changes")
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    anchor = models.CharField(max_length=200, blank=True, help_text="Empty: the whole page was cited.")
    before = models.TextField(help_text="As it read when the row was opened.")
    after = models.TextField(help_text="As it reads since the last change.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "article", "anchor"], name="one_change_of_a_cited_section")
        ]

    def __str__(self) -> str:
        return f"change of {self.article_id}#{self.anchor}"


class Alarm(models.Model):
    """That somebody was told of an urgent item that waits too long: once for each step."""

    class Step(models.TextChoices):
        HALF = "half", "half of the promised time is over"
        FULL = "full", "the promised time is over"
        LEAD = "lead", "the lead was told"

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="alarms")
    step = models.CharField(max_length=4, choices=Step)
    told = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "step"], name="each_alarm_once"),
            models.CheckConstraint(condition=Q(step__in=["half", "full", "lead"]), name="alarm_step_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: item {self.item_id}"


class SecondReviewQuerySet(models.QuerySet["SecondReview"]):
    def of_what_stands(self) -> "SecondReviewQuerySet":
        """Not of an approval that was undone within half a minute."""
        return self.filter(decision__in=Decision.objects.standing())

    def open_to(self, moderator: User) -> "SecondReviewQuerySet":
        """None in which this person has a part: not their text, their approval, or their report on the post."""
        post = models.OuterRef("decision__revision__post")
        found = self.exclude(decision__by=moderator).exclude(decision__revision__post__author=moderator)
        return found.exclude(models.Exists(Report.objects.filter(by=moderator, post=post)))

    def to_read(self, moderator: User) -> "SecondReviewQuerySet":
        """What waits for this person's second reading and is public as it was approved; the longest waiting first."""
        public = {"decision__revision__post__state": "published", "decision__revision__state": "approved"}
        found = self.open_to(moderator).of_what_stands().filter(read_at=None, **public).order_by("pk")
        return found.select_related("decision__revision__post__thread__category")


class SecondReview(models.Model):
    """A second clinician's blind verdict on a text that was approved; a random sample shows how far two agree."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="second_reading")
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(max_length=9, blank=True, help_text="An action of Decision.")
    words = models.TextField(blank=True, max_length=1000)
    drawn_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    objects = SecondReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | ~Q(verdict=""), name="a_second_reading_says_what"
            )
        ]

    def __str__(self) -> str:
        return f"second reading of decision {self.decision_id}"


class ReadOnlyPeriodQuerySet(models.QuerySet["ReadOnlyPeriod"]):
    def running(self) -> "ReadOnlyPeriodQuerySet":
        return self.filter(ended_at=None)


class ReadOnlyPeriod(models.Model):
    """From when until when members could read and write drafts but send nothing; by hand, or as nobody was on duty."""

    began_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", help_text="Empty: by itself.")
    reason = models.CharField(max_length=240)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")

    objects = ReadOnlyPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(ended_at__isnull=True), name="read_only_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"read-only from {self.began_at:%d %b %Y %H:%M}"
