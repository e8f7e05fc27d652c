"""Questions without an account: what is kept of one besides its post."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from forum.models.posts import Post

KEPT_FOR = timedelta(days=90)  # after which the code no longer works


class VisitorQuestionQuerySet(models.QuerySet["VisitorQuestion"]):
    def asked_after(self, moment: datetime) -> "VisitorQuestionQuerySet":
        return self.filter(asked_at__gt=moment)

    def expired(self) -> "VisitorQuestionQuerySet":
        return self.filter(asked_at__lte=timezone.now() - KEPT_FOR)


class VisitorQuestion(models.Model):
    """How whoever asked finds a question again. Its post has an author of its own, with `User.State.VISITOR`."""

    post = models.OneToOneField(Post, models.PROTECT, related_name="visitor_question")
    code_hash = models.CharField(
        max_length=64, unique=True, null=True, help_text="Keyed hash of the six words; empty once a member claimed it."
    )
    email = models.EmailField(blank=True, help_text="Where to send news of it; deleted with the last mail.")
    asked_at = models.DateTimeField(auto_now_add=True, db_index=True)
    claimed_at = models.DateTimeField(null=True)

    objects = VisitorQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True, code_hash__isnull=False)
                | Q(claimed_at__isnull=False, code_hash__isnull=True, email=""),
                name="a_claimed_question_has_no_code_and_no_address",
            )
        ]

    def __str__(self) -> str:
        return f"question {self.pk} without an account"
