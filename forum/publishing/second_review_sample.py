"""Sampling of decisions for a second review. The hash depends on SECRET_KEY, so no one can predict the sample."""

from django.conf import settings
from django.utils.crypto import salted_hmac

from forum.models import Decision, SecondReview

LARGEST = 2**64
SAMPLED = [Decision.Action.APPROVED, Decision.Action.READ, Decision.Action.CHANGES, Decision.Action.REJECTED]


def is_drawn(number: int, share: float) -> bool:
    """Return whether this revision is in a sample of this share (0 to 1)."""
    digest = salted_hmac("forum.second-reading", str(number), algorithm="sha256").digest()
    return int.from_bytes(digest[:8]) < share * LARGEST


def sample_for_second_review(decision: Decision) -> SecondReview | None:
    """Create a second review if the revision is in the sample. Call in the decision's transaction."""
    if decision.action not in SAMPLED or not is_drawn(decision.revision_id, settings.FORUM_SECOND_REVIEW_SHARE):
        return None
    return SecondReview.objects.create(decision=decision)
