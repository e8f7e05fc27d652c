"""Forum categories."""

from django.db import models
from django.db.models import Q
from django.urls import reverse


class Category(models.Model):
    """A section of the forum, with its review policy. The counters count published posts and readable threads."""

    class Policy(models.TextChoices):
        REVIEW_FIRST = "review-first", "a clinician reads every post before it appears"
        REVIEW_AFTER = "review-after", "posts by trusted members appear right away and are read afterwards"

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=80)
    purpose = models.CharField(max_length=240)
    policy = models.CharField(max_length=12, choices=Policy, default=Policy.REVIEW_FIRST)
    clinical = models.BooleanField(default=False, help_text="Health questions: always reviewed first.")
    members_only = models.BooleanField(default=False)
    closed = models.BooleanField(
        default=False,
        help_text="No one can start a thread or reply here. Everything stays readable, and what waits is still reviewed.",
    )
    for_visitors = models.BooleanField(
        "for questions without an account",
        default=False,
        help_text="Visitors ask here, and only clinicians answer. One category can be for that.",
    )
    visitor_questions_per_day = models.PositiveSmallIntegerField(
        "questions without an account in 24 hours",
        default=0,
        help_text="As many as clinicians can answer; 0 takes none for now.",
    )
    position = models.PositiveSmallIntegerField()
    pages = models.ManyToManyField(
        "guide.Article",
        blank=True,
        related_name="+",
        verbose_name="pages of the guide",
        help_text="Shown with a thread that doesn’t link to a guide page itself.",
    )
    thread_count = models.PositiveIntegerField(default=0, editable=False)
    post_count = models.PositiveIntegerField(default=0, editable=False)
    last_thread = models.ForeignKey("Thread", models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "categories"
        constraints = [
            models.CheckConstraint(
                condition=Q(policy__in=["review-first", "review-after"]), name="category_policy_is_known"
            ),
            models.CheckConstraint(
                condition=Q(clinical=False) | Q(policy="review-first"), name="clinical_categories_review_first"
            ),
            models.CheckConstraint(
                condition=Q(for_visitors=False) | Q(clinical=True, members_only=False),
                name="visitors_ask_in_a_public_clinical_category",
            ),
            models.CheckConstraint(
                condition=Q(closed=False) | Q(for_visitors=False), name="category_for_visitors_is_open"
            ),
            models.UniqueConstraint(
                fields=["for_visitors"], condition=Q(for_visitors=True), name="one_category_for_visitors"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("forum:category", args=[self.slug])

    @property
    def reviews_first(self) -> bool:
        return self.policy == self.Policy.REVIEW_FIRST
