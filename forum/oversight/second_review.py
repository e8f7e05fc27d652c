"""Second reviews: another clinician gives a blind verdict on a random sample of decisions.

A second review does not change the post. It measures how often two clinicians agree.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.models import Decision, SecondReview
from forum.moderation.text_decisions import Superseded
from forum.permissions import can_complete_second_review

VERDICTS: dict[str, str] = {
    Decision.Action.APPROVED: "I would publish it",
    Decision.Action.CHANGES: "I would ask for changes",
    Decision.Action.REJECTED: "I would not publish it",
}


@transaction.atomic
def record_verdict(review: SecondReview, *, by: User, verdict: str, comment: str = "") -> SecondReview:
    """Record what `by` would have decided. Raise PermissionDenied, Superseded or ValidationError."""
    review = SecondReview.objects.select_for_update(no_key=True, of=["self"]).get(pk=review.pk)
    if not can_complete_second_review(by, review):
        raise PermissionDenied
    if review.read_at is not None:
        raise Superseded("Someone else has already done this review.")
    if verdict not in VERDICTS:
        raise ValidationError("Choose one of the answers.")
    if verdict != Decision.Action.APPROVED and not comment.strip():
        raise ValidationError("Please say why. The lead compares both reasons.")
    review.by, review.verdict, review.comment, review.read_at = by, verdict, comment, timezone.now()
    review.save(update_fields=["by", "verdict", "comment", "read_at"])
    return review
