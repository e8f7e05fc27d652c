"""Articles and their revisions: readers see the text of an article's live revision."""

from calendar import monthrange
from datetime import date

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from guide.models import triggers


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or the last day of that month."""
    count = day.month - 1 + months
    year, month = day.year + count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


class Section(models.Model):
    """A section of the guide's table of contents."""

    key = models.SlugField(unique=True)
    title = models.CharField(max_length=80)
    summary = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return self.title


TEXTS = ("in_short", "body", "in_short_html", "body_html")  # of a revision: most of what it weighs
READING_ORDER = ["live_revision__section__position", "live_revision__position", "slug"]


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self) -> "ArticleQuerySet":
        """Return the articles that readers can open: with a live revision, and not withdrawn."""
        withdrawn = Withdrawal.objects.in_force().filter(article=OuterRef("pk"))
        shown = self.filter(~Exists(withdrawn), live_revision__isnull=False)
        return shown.select_related("live_revision__section")

    def without_texts(self) -> "ArticleQuerySet":
        """Don't fetch the texts of live revisions, for lists of titles."""
        return self.defer(*(f"live_revision__{name}" for name in TEXTS))

    def in_reading_order(self) -> "ArticleQuerySet":
        return self.order_by(*READING_ORDER)


class Article(models.Model):
    """A page of the guide. `live_revision` is what readers see; without one, the page does not exist for them.

    `slug` is that of the live revision; a database trigger keeps the two equal.
    """

    slug = models.SlugField(unique=True)
    live_revision = models.OneToOneField(
        "ArticleRevision", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    content_digest = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Digest of the file that load_guide loaded last."
    )
    earlier_changes = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="Changes listed in the content file: [ISO date, note], newest first.",
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = READING_ORDER
        triggers = [triggers.ONLY_PUBLISHED_TEXT_IS_LIVE, triggers.CHANGES_COME_FROM_FILES]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("guide:article", args=[self.slug])

    @property
    def live(self) -> "ArticleRevision":
        """Return the live revision. Raises ArticleRevision.DoesNotExist for an article that was never published."""
        if self.live_revision is None:
            raise ArticleRevision.DoesNotExist(f"{self} has no live revision.")
        return self.live_revision


class FormerSlug(models.Model):
    """An earlier slug of an article, whose URL redirects to the present one."""

    slug = models.SlugField(unique=True)
    article = models.ForeignKey(Article, models.PROTECT, related_name="former_slugs")

    def __str__(self) -> str:
        return self.slug


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def in_force(self) -> "WithdrawalQuerySet":
        return self.filter(ended_at__isnull=True)


class Withdrawal(models.Model):
    """A period during which an administrator has taken a page down. Readers see the reason or are sent to another page."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="withdrawals")
    reason = models.CharField(max_length=300, help_text="Readers see it.")
    instead = models.ForeignKey(
        Article, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="page to read instead"
    )
    redirects = models.BooleanField("send readers to that page at once", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(auto_now_add=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        ordering = ["-withdrawn_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["article"], condition=Q(ended_at__isnull=True), name="one_withdrawal_per_article"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="withdrawal_has_reason"),
            models.CheckConstraint(
                condition=Q(redirects=False) | Q(instead__isnull=False), name="redirect_has_destination"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="withdrawal_is_immutable", exclude=["ended_by", "ended_at"]),
            pgtrigger.Protect(name="withdrawal_no_delete", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.article} withdrawn on {self.withdrawn_at:%Y-%m-%d}"


class ArticleRevision(models.Model):
    """An immutable version of a whole page: its text, its place and what is shown with it.

    Only the HTML rendered from it may change. Its proposal has the state of its review. Editing a draft writes a new revision.
    """

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        SPANISH = "es", "Spanish"

    article = models.ForeignKey(Article, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=160, help_text="One plain sentence that answers the page's question.")
    in_short = models.TextField(help_text="The whole answer in one paragraph. Markdown.")
    body = models.TextField(
        "text", help_text="Markdown; see the guide's content README for callouts, parts and citations."
    )
    safety_messages = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="Keys of the messages shown above the text."
    )
    related = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="Keys of the pages listed under “Read next”."
    )
    slug = models.SlugField(help_text="The last part of the page’s address. The old address leads to the new one.")
    section = models.ForeignKey(Section, models.PROTECT, related_name="revisions")
    position = models.PositiveSmallIntegerField(
        help_text="Order within the section; pages with lower numbers come first."
    )
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    review_months = models.PositiveSmallIntegerField(
        "months until the next review",
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(36)],
        help_text="From 1 to 36; 6 for prices, programs and phone lines.",
    )
    in_short_html = models.TextField(editable=False)
    body_html = models.TextField(editable=False)
    render_version = models.PositiveSmallIntegerField(editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=200, blank=True, help_text="What changed, and why. Readers don’t see it.")
    public_note = models.CharField(
        "what changed, for readers",
        max_length=200,
        blank=True,
        help_text="The page shows it under “What changed”. Leave it empty after a small correction.",
    )
    written_on = models.DateField(
        default=timezone.localdate,
        editable=False,
        help_text="The day of the text, which readers see; a content file keeps its own when a database is filled.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number_unique"),
            models.CheckConstraint(
                condition=Q(review_months__gte=1, review_months__lte=36), name="review_months_from_1_to_36"
            ),
        ]
        permissions = [
            ("publish_articlerevision", "Can publish a revision of an article"),
            ("sign_articlerevision", "Can sign a revision as the clinician who reviewed it"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="revision_is_immutable",
                exclude=["in_short_html", "body_html", "render_version"],
            ),
            pgtrigger.Protect(name="revision_no_delete", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.title}, revision {self.number}"

    @property
    def is_live(self) -> bool:
        return self.article.live_revision_id == self.pk


class Feedback(models.Model):
    """A reader's answer to "Was this page helpful?". Nothing about the reader is stored."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="feedback")
    revision = models.ForeignKey(ArticleRevision, models.PROTECT, related_name="+")
    helpful = models.BooleanField()
    comment = models.TextField(blank=True, max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)
    closed = models.BooleanField(default=False)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    answer = models.TextField(blank=True, max_length=1000, help_text="What you did about it. Only editors see this.")

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        return f"{'Helpful' if self.helpful else 'Not helpful'}: {self.article.slug}"
