"""Which approvals are read a second time: drawn by a hash that nobody can foretell who does not know the site's secret."""

from django.conf import settings
from django.utils.crypto import salted_hmac

from forum.models import Decision, SecondReview

LARGEST = 2**64


def is_drawn(number: int, share: float) -> bool:
    """Whether the text of this number is in the sample: as good as a die to who does not know the site's secret."""
    digest = salted_hmac("forum.second-reading", str(number), algorithm="sha256").digest()
    return int.from_bytes(digest[:8]) < share * LARGEST


def draw(decision: Decision) -> SecondReview | None:
    """Called in the approval's transaction."""
    if not is_drawn(decision.revision_id, settings.FORUM_SECOND_REVIEW_SHARE):
        return None
    return SecondReview.objects.create(decision=decision)
