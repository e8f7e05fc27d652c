"""Articles and their revisions: readers see the text of an article's live revision."""

from calendar import monthrange
from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse

from guide.models import triggers
from guide.models.reference import SafetyMessage


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

    def __str__(self) -> str:
        return self.title


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self) -> "ArticleQuerySet":
        return self.filter(live_revision__isnull=False).select_related("live_revision", "section")

    def in_reading_order(self) -> "ArticleQuerySet":
        return self.order_by("section__position", "position", "slug")


class Article(models.Model):
    """A page of the guide. `live_revision` is what readers see; without one, the page does not exist for them."""

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        SPANISH = "es", "Spanish"

    slug = models.SlugField(unique=True)
    section = models.ForeignKey(Section, models.PROTECT, related_name="articles")
    position = models.PositiveSmallIntegerField()
    live_revision = models.OneToOneField(
        "ArticleRevision", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    safety_messages = models.ManyToManyField(SafetyMessage, blank=True, related_name="articles")
    related = models.ManyToManyField("self", blank=True, symmetrical=False)
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    review_months = models.PositiveSmallIntegerField(default=12, help_text="6 for prices, programs and phone lines.")
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
        ordering = ["section__position", "position", "slug"]
        triggers = [triggers.ONLY_PUBLISHED_TEXT_IS_LIVE]

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


class ArticleRevision(models.Model):
    """An immutable text of an article; only the HTML rendered from it may change.

    Its proposal has the state of its review. Editing a draft writes a new revision.
    """

    article = models.ForeignKey(Article, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=160, help_text="One plain sentence that answers the page's question.")
    in_short = models.TextField(help_text="The whole answer in one paragraph. Markdown.")
    body = models.TextField(
        "text", help_text="Markdown; see the guide's content README for callouts, parts and citations."
    )
    in_short_html = models.TextField(editable=False)
    body_html = models.TextField(editable=False)
    render_version = models.PositiveSmallIntegerField(editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=200, blank=True, help_text="What changed, and why.")
    substantive = models.BooleanField(
        "tell readers", default=False, help_text="The page shows the note under “What changed”."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number_unique"),
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
