"""The editorial workflow: proposals for articles and rows, decisions on them, and reviewers' remarks."""

from datetime import date
from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import CredentialEvent, User
from accounts.models.credentials import shown_name
from guide.models import triggers
from guide.models.articles import TEXTS, ArticleRevision, months_after

PERSON = settings.AUTH_USER_MODEL
ARTICLE = "article"
WRITTEN_OVER = """
    WITH RECURSIVE drafts AS (
        SELECT id, author_id, replaces_id FROM guide_proposal WHERE id = %s
        UNION SELECT p.id, p.author_id, p.replaces_id FROM guide_proposal p JOIN drafts ON p.id = drafts.replaces_id
    ) SELECT id, author_id FROM drafts
"""


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def of_subject(self, model: str, object_id: int | None) -> "ProposalQuerySet":
        """Return the proposals for one article or row; none for a row that does not exist yet."""
        return self.filter(model=model, object_id=object_id) if object_id is not None else self.none()

    def of_article(self, article: Any) -> "ProposalQuerySet":
        return self.of_subject(ARTICLE, article.pk)

    def of_rows(self) -> "ProposalQuerySet":
        return self.exclude(model=ARTICLE)

    def open(self) -> "ProposalQuerySet":
        """Return drafts, submitted proposals, and those sent back."""
        return self.filter(state__in=Proposal.OPEN)

    def unpublished(self) -> "ProposalQuerySet":
        """Return open and scheduled proposals."""
        return self.filter(state__in=[*Proposal.OPEN, Proposal.State.SCHEDULED])

    def scheduled(self) -> "ProposalQuerySet":
        return self.filter(state=Proposal.State.SCHEDULED)

    def due(self) -> "ProposalQuerySet":
        return self.scheduled().filter(scheduled_for__lte=timezone.now())

    def for_review_by(self, user: Any) -> "ProposalQuerySet":
        """Return submitted proposals that this user neither wrote nor submitted."""
        sent = ProposalDecision.objects.filter(proposal=OuterRef("pk"), action="submitted", by=user)
        return self.filter(~Exists(sent), state=Proposal.State.SUBMITTED).exclude(author=user)

    def live(self) -> "ProposalQuerySet":
        """Return published proposals without a later publication of the same article or row."""
        same = {name: OuterRef(name) for name in ("model", "object_id")}
        later = Proposal.objects.filter(**same, published_at__gt=OuterRef("published_at"))
        return self.filter(~Exists(later), state=Proposal.State.PUBLISHED)

    def unreviewed(self) -> "ProposalQuerySet":
        """Return live proposals without a review in force."""
        reviews = ProposalDecision.objects.reviews().filter(proposal=OuterRef("pk"))
        return self.live().filter(~Exists(reviews))

    def live_unreviewed(self) -> "ProposalQuerySet":
        """Return the live proposals that someone must review.

        They were published urgently or restored, or their reviewer's credential was revoked. Each is annotated with
        `unreviewed_since`, a time, and `unreviewed_because`: "urgent", "restored" or "revoked".
        """
        decisions = ProposalDecision.objects.filter(proposal=OuterRef("pk")).order_by("pk")
        skipped = decisions.filter(action__in=ProposalDecision.UNREVIEWED)
        revoked = decisions.filter(action__in=ProposalDecision.REVIEWED)
        return (
            self.unreviewed()
            .filter(Exists(skipped) | Exists(revoked))
            .annotate(
                unreviewed_since=Coalesce(Subquery(skipped.values("decided_at")[:1]), "published_at"),
                unreviewed_because=Coalesce(Subquery(skipped.values("action")[:1]), Value("revoked")),
            )
        )


class Proposal(models.Model):
    """A proposed text of an article, or a proposed reference row, from draft to publication.

    `model` and `object_id` identify the subject; a row that does not exist yet has no `object_id`. The text of an article
    is its immutable `revision`. For a row, `content` has every field by name, and inline rows under the name of their
    relation. `base` is the row as it was when the proposal was written, to detect changes made since.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        SUBMITTED = "submitted", "waiting for review"
        SENT_BACK = "sent-back", "sent back for changes"
        SCHEDULED = "scheduled", "approved for a later time"
        PUBLISHED = "published", "published"
        SUPERSEDED = "superseded", "replaced by a newer proposal"
        DISCARDED = "discarded", "discarded"

    OPEN = [State.DRAFT, State.SUBMITTED, State.SENT_BACK]
    TRANSITIONS = {
        State.DRAFT: {State.SUBMITTED, State.PUBLISHED, State.SUPERSEDED, State.DISCARDED},
        State.SUBMITTED: {State.DRAFT, State.SENT_BACK, State.SCHEDULED, State.PUBLISHED, State.SUPERSEDED},
        State.SENT_BACK: {State.SUBMITTED, State.PUBLISHED, State.SUPERSEDED, State.DISCARDED},
        State.SCHEDULED: {State.DRAFT, State.SENT_BACK, State.PUBLISHED, State.SUPERSEDED},
        State.PUBLISHED: set(),
        State.SUPERSEDED: set(),
        State.DISCARDED: set(),
    }

    model = models.CharField(max_length=40, help_text="Lower case, without the app: “article”, “question”.")
    object_id = models.PositiveBigIntegerField(null=True, blank=True, help_text="Empty: a new row.")
    removes = models.BooleanField(default=False, help_text="Removes the row.")
    label = models.CharField(max_length=200)
    revision = models.OneToOneField(
        ArticleRevision, models.PROTECT, null=True, blank=True, related_name="proposal", help_text="Of an article."
    )
    content = models.JSONField(default=dict)
    base = models.JSONField(default=dict)
    author = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", help_text="Empty: content files.")
    note = models.CharField(max_length=200, blank=True, help_text="What changed, and why.")
    accept_again = models.BooleanField(
        default=False, help_text="House rules only: members must accept them again before they can post."
    )
    replaces = models.ForeignKey(
        *("self", models.PROTECT),
        null=True,
        blank=True,
        related_name="+",
        help_text="The proposal that this one was written over, whose author wrote part of this text too.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["model", "object_id"], name="proposal_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        *("draft", "submitted", "sent-back", "scheduled"),
                        *("published", "superseded", "discarded"),
                    ]
                ),
                name="proposal_state_valid",
            ),
            models.CheckConstraint(
                condition=Q(state="scheduled", scheduled_for__isnull=False)
                | (~Q(state="scheduled") & Q(scheduled_for__isnull=True)),
                name="scheduled_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at__isnull=True)),
                name="published_has_time",
            ),
            models.CheckConstraint(
                condition=Q(model="article", revision__isnull=False, object_id__isnull=False, removes=False)
                | (~Q(model="article") & Q(revision__isnull=True, author__isnull=False)),
                name="article_has_revision_row_has_author",
            ),
            models.UniqueConstraint(
                fields=["model", "object_id"],
                condition=Q(state__in=["draft", "sent-back"], object_id__isnull=False),
                name="one_draft_per_subject",
            ),
            models.UniqueConstraint(
                fields=["model", "object_id"],
                condition=Q(state="submitted", object_id__isnull=False),
                name="one_submission_per_subject",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="proposal_is_immutable", exclude=["state", "scheduled_for", "published_at", "object_id"]
            ),
            pgtrigger.Protect(name="proposal_no_delete", operation=pgtrigger.Delete),
            triggers.PUBLISHED_BY_DECISION,
            triggers.AUTHOR_OF_REVISION,
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def kind(self) -> str:
        """Return the kind of subject in words: “article”, “help line”."""
        return str(apps.get_model("guide", self.model)._meta.verbose_name)

    def is_by(self, user: Any) -> bool:
        """Return whether the user submitted the proposal, or wrote it or a draft that it was written over."""
        drafts = Proposal.objects.raw(WRITTEN_OVER, [self.pk])
        return any(d.author_id == user.pk for d in drafts) or self.was_submitted_by(user)

    def was_submitted_by(self, user: Any) -> bool:
        return self.decisions.filter(action=ProposalDecision.Action.SUBMITTED, by=user).exists()

    @property
    def sent_back(self) -> "ProposalDecision | None":
        """The decision that sent it back to its author, until it is sent for review again."""
        decisions = self.decisions.filter(action=ProposalDecision.Action.SENT_BACK).select_related("by")
        return decisions.first() if self.state == self.State.SENT_BACK else None

    @property
    def sent_remarks(self) -> "RemarkQuerySet":
        return self.remarks.sent().select_related("by", "proposal")

    @property
    def is_live(self) -> bool:
        """Whether readers see this now."""
        return self.state == self.State.PUBLISHED and Proposal.objects.live().filter(pk=self.pk).exists()

    @property
    def is_unreviewed(self) -> bool:
        """Whether readers see this now, without a review in force."""
        return self.state == self.State.PUBLISHED and Proposal.objects.unreviewed().filter(pk=self.pk).exists()

    @property
    def is_new(self) -> bool:
        """Whether it proposes a new row."""
        return self.model != ARTICLE and not self.base


class ProposalDecisionQuerySet(models.QuerySet["ProposalDecision"]):
    def reviews(self) -> "ProposalDecisionQuerySet":
        """Return approvals and signatures in force: none by a person whose credential was revoked afterwards."""
        revoked = CredentialEvent.objects.filter(
            credential__user=OuterRef("by"), action=CredentialEvent.Action.REVOKED, at__gte=OuterRef("decided_at")
        )
        return self.filter(~Exists(revoked), action__in=ProposalDecision.REVIEWED)

    def signatures(self) -> "ProposalDecisionQuerySet":
        return self.reviews().filter(action=ProposalDecision.Action.SIGNED)

    def with_signers(self) -> "ProposalDecisionQuerySet":
        """Annotate signatures with the name that the clinician shows now, which may differ from the one at signing."""
        return self.annotate(signer=shown_name("by")).select_related("by")

    def with_revisions(self) -> "ProposalDecisionQuerySet":
        """Fetch the revisions of articles, too, without their texts."""
        texts = (f"proposal__revision__{name}" for name in TEXTS)
        return self.select_related("proposal__revision").defer(*texts)


class ProposalDecision(models.Model):
    """A log entry: who did what with a proposal, and when. Never changed or removed."""

    class Action(models.TextChoices):
        LOADED = "loaded", "Loaded from the content files"
        SUBMITTED = "submitted", "Submitted for review"
        WITHDRAWN = "withdrawn", "Withdrawn"
        DISCARDED = "discarded", "Discarded"
        SENT_BACK = "sent-back", "Sent back for changes"
        APPROVED = "approved", "Approved"
        PUBLISHED = "published", "Published"
        URGENT = "urgent", "Published before review"
        RESTORED = "restored", "Earlier text restored"
        SIGNED = "signed", "Signed by a clinician"
        RESCHEDULED = "rescheduled", "Publication moved to another time"

    MADE_LIVE = [Action.LOADED, Action.PUBLISHED, Action.URGENT, Action.RESTORED]
    UNREVIEWED = [Action.URGENT, Action.RESTORED]
    REVIEWED = [Action.APPROVED, Action.SIGNED]

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="decisions")
    action = models.CharField(max_length=11, choices=Action)
    by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, related_name="+", help_text="Empty: the schedule, or the content files."
    )
    credential = models.CharField(
        max_length=120, blank=True, help_text="The profession at signing. Pages add the name."
    )
    reason = models.CharField(max_length=200, blank=True)
    checked = ArrayField(models.CharField(max_length=20), default=list, blank=True, help_text="Checklist keys.")
    decided_at = models.DateTimeField(auto_now_add=True)

    objects = ProposalDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    action__in=[
                        *("loaded", "submitted", "withdrawn", "discarded", "sent-back"),
                        *("approved", "published", "urgent", "restored", "signed", "rescheduled"),
                    ]
                ),
                name="proposal_decision_action_valid",
            ),
            models.CheckConstraint(
                condition=~Q(action__in=["urgent", "restored", "sent-back"]) | ~Q(reason=""),
                name="decision_has_reason",
            ),
            models.CheckConstraint(condition=~Q(action="signed") | ~Q(credential=""), name="signature_has_credential"),
        ]
        triggers = [
            pgtrigger.Protect(name="decision_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            triggers.NO_SELF_APPROVAL,
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.proposal}"

    @property
    def signature(self) -> str:
        """Return name and profession of a signature. One query without `with_signers`."""
        if not self.credential or self.by is None or self.by.state == User.State.ERASED:
            return self.credential
        row: Any = self if hasattr(self, "signer") else ProposalDecision.objects.with_signers().get(pk=self.pk)
        return f"{row.signer}, {self.credential}"

    @property
    def revision(self) -> ArticleRevision:
        """Return the article revision that was decided on. Raises ValueError for a row."""
        found = self.proposal.revision
        if found is None:
            raise ValueError(f"{self.proposal} proposes no article.")
        return found

    @property
    def review_due(self) -> date:
        """Return when a clinician should read the page again: `review_months` after this decision."""
        return months_after(self.decided_at.date(), self.revision.review_months)


class RemarkQuerySet(models.QuerySet["Remark"]):
    def sent(self) -> "RemarkQuerySet":
        return self.filter(sent_at__isnull=False)

    def drafts_by(self, user: Any) -> "RemarkQuerySet":
        """Return the remarks that the user has not sent yet, which no one else may see."""
        return self.filter(by=user.pk, sent_at__isnull=True)


class Remark(models.Model):
    """A reviewer's comment on a place in a proposal. It is their draft until they decide on the proposal."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="remarks")
    part = models.CharField(max_length=40, default="body", help_text="The field of the article or row.")
    line = models.PositiveIntegerField(default=1, help_text="Line within the part, from 1.")
    quote = models.CharField(max_length=200, blank=True, help_text="The quoted text.")
    text = models.TextField(max_length=2000)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True, help_text="Empty: a draft.")

    objects = RemarkQuerySet.as_manager()

    class Meta:
        ordering = ["part", "line", "pk"]
        triggers = [
            pgtrigger.ReadOnly(name="remark_is_immutable", exclude=["sent_at"]),
            pgtrigger.Protect(
                name="sent_remark_is_permanent",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_label}, line {self.line}"

    @property
    def part_label(self) -> str:
        """Return the verbose name of the field."""
        model = ArticleRevision if self.proposal.model == ARTICLE else apps.get_model("guide", self.proposal.model)
        found: Any = model._meta.get_field(self.part)
        return str(getattr(found, "verbose_name", "") or found.related_model._meta.verbose_name_plural)
