"""The review queue, and the questions, private notes and log entries that belong to its items."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Credential, NameChange, Profession, User
from core.triggers import append_only
from forum.models.appeals import Appeal
from forum.models.categories import Category
from forum.models.clinical_notes import ClinicalNote
from forum.models.decisions import Decision
from forum.models.experiences import Experience
from forum.models.posts import Post, PostRevision
from forum.models.reports import Report, ReportQuerySet
from forum.models.triage import Acuteness, Lane, TriageMatch

PERSON = settings.AUTH_USER_MODEL
UNDO_PERIOD = timedelta(seconds=30)


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

    @property
    def answers_message(self) -> bool:
        """Whether it is the author's answer to a moderator's message, and not a question."""
        return self.decision.action == Decision.Action.MESSAGE


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    def open(self) -> "ReviewItemQuerySet":
        return self.filter(state=ReviewItem.State.OPEN)

    def undecided(self) -> "ReviewItemQuerySet":
        """Open items, without those about which a moderator's decision is about to take effect."""
        return self.open().exclude(pending_actions__state="pending")

    def for_moderator(self, moderator: User) -> "ReviewItemQuerySet":
        """Exclude items that the moderator is involved in: their own posts, reports, notes and decisions."""
        own = Q(member=moderator) | Q(post__in=Post.objects.filter(author=moderator).values("pk"))
        own |= Q(appeal__in=Appeal.objects.filter(decision__by=moderator).values("pk"))
        own |= Q(note__in=ClinicalNote.objects.filter(by=moderator).values("pk"), kind=ReviewItem.Kind.APPEAL)
        reported = Report.objects.filter(by=moderator).filter(
            Q(post=models.OuterRef("post"), post__isnull=False)
            | Q(member=models.OuterRef("member"), member__isnull=False)
        )
        judged = Q(kind__in=[ReviewItem.Kind.REPORT, ReviewItem.Kind.APPEAL])
        texts = [ReviewItem.Kind.NEW, ReviewItem.Kind.EDIT, ReviewItem.Kind.AFTER, ReviewItem.Kind.REPORT]
        # An appeal against a removal stays, and RED stays until a clinician closes it.
        removed = Post.objects.filter(state=Post.State.REMOVED).values("pk")  # few, and in an index of their own
        gone = Q(post__in=removed, kind__in=texts, lane__gt=Lane.RED)
        return self.exclude(own).exclude(judged & models.Exists(reported)).exclude(gone)

    def without_part_closed_by(self, moderator: User) -> "ReviewItemQuerySet":
        """Leave out items in which only a second clinician has anything left to do: this one has closed the help card."""
        open_card = {"help_cards__undone_at__isnull": True, "help_cards__second_closed_at__isnull": True}
        mine = self.filter(needs_second=True, help_cards__closed_by=moderator, **open_card)
        mine = mine.exclude(revision__state__in=[PostRevision.State.WAITING, PostRevision.State.SHOWN])
        more = self.filter(help_cards__closed_by__isnull=True, **open_card)
        return self.exclude(Q(pk__in=mine.values("pk")) & ~Q(pk__in=more.values("pk")))

    def with_match_of(self, rule: str) -> "ReviewItemQuerySet":
        """Items in which this triage rule found something: in a post, or in what was written to us."""
        found = TriageMatch.objects.filter(rule__key=rule)
        reported = Report.objects.filter(triage_matches__rule__key=rule, state=Report.State.OPEN)
        same = Q(post=models.OuterRef("post")) | Q(member=models.OuterRef("member"), post=None)
        of_report = Q(models.Exists(reported.filter(same)), kind=ReviewItem.Kind.REPORT)
        texts = Q(revision__in=found.values("revision")) | Q(question__in=found.values("question"))
        texts |= Q(appeal__in=found.values("appeal")) | Q(outside_texts__in=found.values("outside_text"))
        texts |= Q(experience__in=found.values("experience"))
        return self.filter(pk__in=self.filter(texts | of_report).values("pk"))

    def best_first(self) -> "ReviewItemQuerySet":
        """Order by lane (RED, AMBER, GREEN), inside RED by how acute it is, then longest waiting first."""
        return self.order_by("lane", "acuteness", "asked_at", "pk")

    def in_report_group(self) -> "ReviewItemQuerySet":
        """Items that are in a group with others: reports by one member only, below RED."""
        return self.filter(self._is_grouped())

    @staticmethod
    def _is_grouped() -> Q:
        return Q(kind=ReviewItem.Kind.REPORT, reporter__isnull=False, lane__gt=Lane.RED)

    def first_of_report_groups(self) -> "ReviewItemQuerySet":
        """Leave out all items of a group but the most urgent, so that one member’s many reports take one row."""
        same = self.in_report_group().order_by().filter(reporter=models.OuterRef("reporter"))
        sooner = Q(asked_at__lt=models.OuterRef("asked_at")) | Q(
            asked_at=models.OuterRef("asked_at"), pk__lt=models.OuterRef("pk")
        )
        ahead = same.filter(Q(lane__lt=models.OuterRef("lane")) | Q(sooner, lane=models.OuterRef("lane")))
        return self.exclude(self._is_grouped() & models.Exists(ahead))

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
        DANGER = "danger", "a person in danger"
        FOLLOW_UP = "followup", "a person to look at again"
        NAME = "name", "a member’s name"
        EXPERIENCE = "experience", "a member’s experience"

    class AuthorDid(models.TextChoices):
        """What the author did while the item was in RED. It does not close the item."""

        CHANGED = "changed", "changed by its author"
        WITHDRAWN = "withdrawn", "withdrawn by its author"
        DELETED = "deleted", "deleted by its author"
        ERASED = "erased", "the author’s account was deleted"
        CLEARED = "cleared", "the author’s account and the text were deleted"

    class State(models.TextChoices):
        OPEN = "open", "open"
        CLOSED = "closed", "closed"

    TRANSITIONS = {State.OPEN: {State.CLOSED}, State.CLOSED: {State.OPEN}}  # reopened only by an undo

    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="review_items")
    revision = models.ForeignKey(PostRevision, models.PROTECT, null=True, related_name="review_items")
    member = models.ForeignKey(
        PERSON, models.PROTECT, null=True, related_name="+", help_text="The member that a report is about."
    )
    reporter = models.ForeignKey(
        PERSON,
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="Who reported it, if only one member did. The list of items shows this member’s reports as one group.",
    )
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", help_text="The item of the text before an edit."
    )
    author_did = models.CharField(max_length=9, choices=AuthorDid, blank=True)
    author_did_at = models.DateTimeField(null=True)
    appeal = models.ForeignKey(Appeal, models.PROTECT, null=True, related_name="review_items")
    question = models.ForeignKey(DecisionQuestion, models.PROTECT, null=True, related_name="review_items")
    note = models.ForeignKey(ClinicalNote, models.PROTECT, null=True, related_name="review_items")
    name_change = models.ForeignKey(NameChange, models.PROTECT, null=True, related_name="review_items")
    experience = models.ForeignKey(Experience, models.PROTECT, null=True, related_name="review_items")
    lane = models.PositiveSmallIntegerField(choices=Lane, default=Lane.GREEN)
    acuteness = models.PositiveSmallIntegerField(
        choices=Acuteness, default=Acuteness.OTHER, help_text="The most acute RED match; OTHER in other lanes."
    )
    asked_at = models.DateTimeField(default=timezone.now)
    promised_at = models.DateTimeField(help_text="Due time: the promised time of the lane after the item came into it.")
    claimed_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    escalated_to = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    escalated_to_profession = models.CharField(max_length=24, choices=Profession, blank=True)
    escalated_at = models.DateTimeField(null=True)
    needs_second = models.BooleanField(default=False, help_text="A crisis, which two clinicians must close.")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")

    objects = ReviewItemQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["lane", "acuteness", "asked_at", "id"], condition=Q(state="open"), name="open_items_by_urgency"
            ),
            models.Index(fields=["claimed_by"], condition=Q(state="open"), name="open_items_by_claimant"),
            models.Index(fields=["reporter"], condition=Q(state="open"), name="open_items_by_reporter"),
            models.Index(fields=["id"], condition=Q(author_did="erased"), name="items_with_kept_texts"),
            models.Index(
                fields=["author_did_at"], condition=Q(author_did_at__isnull=False), name="items_by_what_authors_did"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        *("new", "edit", "after", "report", "appeal", "question", "note"),
                        *("danger", "followup", "name", "experience"),
                    ]
                ),
                name="review_item_kind_is_known",
            ),
            models.CheckConstraint(condition=Q(state__in=["open", "closed"]), name="review_item_state_is_known"),
            models.CheckConstraint(
                condition=Q(author_did="", author_did_at__isnull=True)
                | Q(
                    author_did__in=["changed", "withdrawn", "deleted", "erased", "cleared"], author_did_at__isnull=False
                ),
                name="what_the_author_did_is_known",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True) | Q(claimed_until__isnull=False), name="claim_has_an_expiry"
            ),
            models.CheckConstraint(
                condition=Q(escalated_to__isnull=True) | Q(escalated_to_profession=""),
                name="item_is_passed_to_a_person_or_a_profession",
            ),
            models.CheckConstraint(
                condition=Q(escalated_to_profession__in=["", *Profession.values]),
                name="item_is_passed_to_a_known_profession",
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
                    ("name_change", ["name"]),
                    ("experience", ["experience"]),
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
            models.UniqueConstraint(
                fields=["member"], condition=Q(state="open", kind="danger"), name="one_open_danger_item_per_member"
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.pk}: {self.get_kind_display()}"

    def claimed_by_another(self, person: User) -> bool:
        held = self.claimed_until is not None and self.claimed_until > timezone.now()
        return held and self.claimed_by_id not in (None, person.pk)

    @property
    def passed_to(self) -> str:
        """Return who was asked to decide it: a colleague, or anyone with a profession. Empty if it was not passed on."""
        if self.escalated_to_profession:
            return Profession(self.escalated_to_profession).anyone
        return str(self.escalated_to) if self.escalated_to else ""

    def open_reports(self) -> "ReportQuerySet":
        """The open reports that a report item is about, the oldest first; none for items of other kinds."""
        if self.kind != self.Kind.REPORT:
            return Report.objects.none()
        return Report.objects.open().filter(post=self.post_id, member=self.member_id).order_by("pk")


class OutsideText(models.Model):
    """A text in which triage found danger and that is not part of the forum: what was written to editors or verifiers, or a
    post that could not be taken."""

    class Source(models.TextChoices):
        FEEDBACK = "feedback", "feedback on a page of the guide"
        BADGE = "badge", "an application for the clinician’s badge"
        SANCTION = "sanction", "an appeal against a sanction"
        APPEAL = "appeal", "an appeal that only the moderator who decided could read now"
        UNSENT = "unsent", "a post that could not be sent"

    item = models.ForeignKey(ReviewItem, models.PROTECT, related_name="outside_texts")
    source = models.CharField(max_length=8, choices=Source)
    text = models.TextField()
    url = models.CharField(max_length=300, blank=True, help_text="The page that it was written on.")
    by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, related_name="+", help_text="Empty: feedback is anonymous."
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=["feedback", "badge", "sanction", "appeal", "unsent"]),
                name="outside_text_source_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()}, {self.made_at:%d %b %Y}"


class ItemView(models.Model):
    """A record that a moderator opened an item. Only opened items can be approved in bulk."""

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="views")
    by = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(default=timezone.now, help_text="When its page was last open.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "by"], name="one_view_per_item_and_moderator")]

    def __str__(self) -> str:
        return f"item {self.item_id} opened"


class ItemLogEntry(models.Model):
    """What a clinician did to a review item, apart from the decision about its text. Never changed or deleted."""

    class Action(models.TextChoices):
        RAISED = "raised", "made more urgent"
        LOWERED = "lowered", "made less urgent"
        CLOSED = "closed", "closed"
        UNDONE = "undone", "undone"

    item = models.ForeignKey(ReviewItem, models.PROTECT, related_name="log_entries")
    action = models.CharField(max_length=7, choices=Action)
    lane_before = models.PositiveSmallIntegerField(choices=Lane)
    lane_after = models.PositiveSmallIntegerField(choices=Lane)
    reason = models.CharField(max_length=500)
    item_before = models.JSONField(
        null=True, help_text="The item's urgency, for an undo. Empty: it was opened by this."
    )
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="+")
    done_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["done_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=["raised", "lowered", "closed", "undone"]), name="item_log_action_is_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="item_log_entry_has_a_reason"),
        ]
        indexes = [models.Index(fields=["done_at"], name="item_log_by_time")]
        triggers = [append_only("item_log_is_append_only")]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: item {self.item_id}"

    @property
    def undo_until(self) -> datetime:
        return self.done_at + UNDO_PERIOD

    def can_still_be_undone(self) -> bool:
        """Within the undo period, and nothing was done to the item since."""
        newer = ItemLogEntry.objects.filter(item=self.item_id, pk__gt=self.pk)
        in_time = self.action != self.Action.UNDONE and timezone.now() < self.undo_until
        return in_time and not newer.exists()


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
    to_profession = models.CharField(max_length=24, choices=Profession, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["note", "escalated", "handed-back", "taken-over", "hand-over", "debrief"]),
                name="private_note_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(to_profession="")
                | Q(to_profession__in=Profession.values, kind="escalated", to__isnull=True),
                name="private_note_is_to_a_person_or_a_profession",
            ),
        ]
        triggers = [append_only("private_notes_are_append_only")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.made_at:%d %b %Y}"

    @property
    def recipient(self) -> str:
        """Return who it is for: a colleague, or anyone with a profession. Empty if it is for all moderators."""
        return Profession(self.to_profession).anyone if self.to_profession else str(self.to or "")
