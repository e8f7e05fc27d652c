"""The review queue, and the questions, private notes and crisis cards that belong to its items."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Credential, User
from core.triggers import append_only
from forum.models.appeals import Appeal
from forum.models.categories import Category
from forum.models.clinical_notes import ClinicalNote
from forum.models.decisions import Decision
from forum.models.posts import Post, PostRevision
from forum.models.reports import Report
from forum.models.triage import Lane

PERSON = settings.AUTH_USER_MODEL


class DecisionQuestion(models.Model):
    """An author's question about a decision on their post. Any moderator can answer it."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="question")
    text = models.TextField(max_length=1000)
    made_at = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(blank=True, max_length=2000)
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_by__isnull=False),
                name="answered_question_has_an_answerer",
            )
        ]

    def __str__(self) -> str:
        return f"question about decision {self.decision_id}"


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    def open(self) -> "ReviewItemQuerySet":
        return self.filter(state=ReviewItem.State.OPEN)

    def for_moderator(self, moderator: User) -> "ReviewItemQuerySet":
        """Exclude items that the moderator is involved in: their own posts, reports, notes and decisions."""
        own = Q(post__author=moderator) | Q(member=moderator) | Q(appeal__decision__by=moderator)
        own |= Q(note__by=moderator) & Q(kind=ReviewItem.Kind.APPEAL)
        reported = Report.objects.filter(by=moderator).filter(
            Q(post=models.OuterRef("post"), post__isnull=False)
            | Q(member=models.OuterRef("member"), member__isnull=False)
        )
        judged = self.filter(pk=models.OuterRef("pk"), kind__in=[ReviewItem.Kind.REPORT, ReviewItem.Kind.APPEAL])
        texts = [ReviewItem.Kind.NEW, ReviewItem.Kind.EDIT, ReviewItem.Kind.AFTER, ReviewItem.Kind.REPORT]
        gone = Q(post__state=Post.State.REMOVED, kind__in=texts)  # but an appeal against a removal stays
        found = self.exclude(pk__in=self.filter(own).values("pk"))
        return found.exclude(models.Exists(judged) & models.Exists(reported)).exclude(gone)

    def best_first(self) -> "ReviewItemQuerySet":
        """Order by lane (RED, AMBER, GREEN), then longest waiting first."""
        return self.order_by("lane", "asked_at", "pk")

    def unclaimed(self) -> "ReviewItemQuerySet":
        return self.exclude(claimed_until__gt=timezone.now())

    def late(self) -> "ReviewItemQuerySet":
        return self.filter(promised_at__lt=timezone.now())


class ReviewItem(models.Model):
    """A row of the review queue: what needs a clinician, how urgent it is, when it is due, and who has claimed it."""

    class Kind(models.TextChoices):
        NEW = "new", "a new post"
        EDIT = "edit", "an edit"
        AFTER = "after", "published, not yet read"
        REPORT = "report", "a report"
        APPEAL = "appeal", "an appeal"
        QUESTION = "question", "a question about a decision"
        NOTE = "note", "a clinical note or answer to check"

    class State(models.TextChoices):
        OPEN = "open", "open"
        CLOSED = "closed", "closed"

    TRANSITIONS = {State.OPEN: {State.CLOSED}, State.CLOSED: {State.OPEN}}  # reopened only by an undo

    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="review_items")
    revision = models.ForeignKey(PostRevision, models.PROTECT, null=True, related_name="review_items")
    member = models.ForeignKey(
        PERSON, models.PROTECT, null=True, related_name="+", help_text="The member whom a report is about."
    )
    appeal = models.ForeignKey(Appeal, models.PROTECT, null=True, related_name="review_items")
    question = models.ForeignKey(DecisionQuestion, models.PROTECT, null=True, related_name="review_items")
    note = models.ForeignKey(ClinicalNote, models.PROTECT, null=True, related_name="review_items")
    lane = models.PositiveSmallIntegerField(choices=Lane, default=Lane.GREEN)
    asked_at = models.DateTimeField(default=timezone.now)
    promised_at = models.DateTimeField(help_text="Due time: asked_at plus the promised time of the lane.")
    claimed_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    escalated_to = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    escalated_at = models.DateTimeField(null=True)
    needs_second = models.BooleanField(default=False, help_text="A crisis, which two clinicians must close.")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")

    objects = ReviewItemQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["lane", "asked_at", "id"], condition=Q(state="open"), name="open_items_by_urgency"),
            models.Index(fields=["claimed_by"], condition=Q(state="open"), name="open_items_by_claimant"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["new", "edit", "after", "report", "appeal", "question", "note"]),
                name="review_item_kind_is_known",
            ),
            models.CheckConstraint(condition=Q(state__in=["open", "closed"]), name="review_item_state_is_known"),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True) | Q(claimed_until__isnull=False), name="claim_has_an_expiry"
            ),
            *(
                models.UniqueConstraint(
                    fields=[name], condition=Q(state="open", kind__in=kinds), name=f"one_open_item_per_{name}"
                )
                for name, kinds in [
                    ("revision", ["new", "edit", "after"]),
                    ("appeal", ["appeal"]),
                    ("question", ["question"]),
                    ("note", ["note"]),
                ]
            ),
            models.UniqueConstraint(
                fields=["post"], condition=Q(state="open", kind="report"), name="one_open_report_item_per_post"
            ),
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(state="open", kind="note", note__isnull=True),
                name="one_open_item_per_answer",
            ),
            models.UniqueConstraint(
                fields=["member"], condition=Q(state="open", kind="report"), name="one_open_report_item_per_member"
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.pk}: {self.get_kind_display()}"

    def claimed_by_another(self, person: User) -> bool:
        held = self.claimed_until is not None and self.claimed_until > timezone.now()
        return held and self.claimed_by_id not in (None, person.pk)


class ItemView(models.Model):
    """A record that a moderator opened an item. Only opened items can be approved in bulk."""

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="views")
    by = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "by"], name="one_view_per_item_and_moderator")]

    def __str__(self) -> str:
        return f"item {self.item_id} opened"


class PrivateNote(models.Model):
    """A note among moderators on a post, member, item or shift. Never deleted, and never shown to anyone else."""

    class Kind(models.TextChoices):
        NOTE = "note", "note"
        ESCALATED = "escalated", "escalated"
        HANDED_BACK = "handed-back", "put back, undecided"
        TAKEN_OVER = "taken-over", "taken over"
        HAND_OVER = "hand-over", "handover"
        DEBRIEF = "debrief", "would like to talk about it"

    kind = models.CharField(max_length=11, choices=Kind, default=Kind.NOTE)
    item = models.ForeignKey(ReviewItem, models.PROTECT, null=True, related_name="private_notes")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="private_notes")
    member = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True, max_length=2000)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    to = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["note", "escalated", "handed-back", "taken-over", "hand-over", "debrief"]),
                name="private_note_kind_is_known",
            )
        ]
        triggers = [append_only("private_notes_are_append_only")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.made_at:%d %b %Y}"


class CrisisCard(models.Model):
    """A card with help lines sent to an author who may be in danger, and the two clinicians who closed the crisis."""

    item = models.OneToOneField(ReviewItem, models.PROTECT, related_name="crisis_card")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    country = models.CharField(max_length=2, blank=True)
    lines = models.JSONField(help_text="The help lines on the card.")
    sent_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(auto_now_add=True)
    alerted = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    closed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    second_closed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    second_closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(second_closed_by__isnull=True) | ~Q(second_closed_by=models.F("closed_by")),
                name="crisis_is_closed_by_two_clinicians",
            )
        ]

    def __str__(self) -> str:
        return f"help card for post {self.post_id}"
