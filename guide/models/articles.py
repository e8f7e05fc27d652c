"""Articles are identities; what a reader sees is the text of a published revision."""

from calendar import monthrange
from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse

from guide.models import triggers
from guide.models.reference import SafetyMessage


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    count = day.month - 1 + months
    year, month = day.year + count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


class Section(models.Model):
    """One of the groups of the guide's map."""

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
    """A page of the guide. `live_revision` is what the public reads; without one the page does not exist for them."""

    slug = models.SlugField(unique=True)
    section = models.ForeignKey(Section, models.PROTECT, related_name="articles")
    position = models.PositiveSmallIntegerField()
    live_revision = models.OneToOneField(
        "ArticleRevision", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    safety_messages = models.ManyToManyField(SafetyMessage, blank=True, related_name="articles")
    related = models.ManyToManyField("self", blank=True, symmetrical=False)
    review_months = models.PositiveSmallIntegerField(default=12, help_text="6 for prices, programmes and phone lines.")
    content_digest = models.CharField(
        max_length=64, blank=True, editable=False, help_text="The file that load_guide last loaded here."
    )
    earlier_changes = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="What files told of changes before: [ISO date, note], newest first.",
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
        """The revision that readers see. Raises ArticleRevision.DoesNotExist for an article that was never published."""
        if self.live_revision is None:
            raise ArticleRevision.DoesNotExist(f"{self} has no live revision.")
        return self.live_revision


class ArticleRevision(models.Model):
    """The text of an article as somebody wrote it at one moment. Only the HTML made from it may change.

    Where its review stands is said by its proposal. A draft that is edited becomes a new revision.
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
            pgtrigger.Protect(name="revision_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.title}, revision {self.number}"

    @property
    def is_live(self) -> bool:
        return self.article.live_revision_id == self.pk


class Feedback(models.Model):
    """A reader's answer to "Was this page helpful?". Nothing about the reader is kept."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="feedback")
    revision = models.ForeignKey(ArticleRevision, models.PROTECT, related_name="+")
    helpful = models.BooleanField()
    comment = models.TextField(blank=True, max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)
    closed = models.BooleanField(default=False)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    answer = models.TextField(blank=True, max_length=1000, help_text="What was done about it; for the editors only.")

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        return f"{'Helpful' if self.helpful else 'Not helpful'}: {self.article.slug}"
