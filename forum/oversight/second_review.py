"""Second readings: a random share of approvals is read again, blind, by a clinician who has no part in it.

A second reading changes nothing that readers see. It shows how far two clinicians agree.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.models import Decision, SecondReview
from forum.moderation.decide import Superseded
from forum.permissions import can_read_again

VERDICTS: dict[str, str] = {
    Decision.Action.APPROVED: "I would publish it",
    Decision.Action.CHANGES: "I would ask for changes",
    Decision.Action.REJECTED: "I would not publish it",
}


@transaction.atomic
def read_again(reading: SecondReview, *, by: User, verdict: str, words: str = "") -> SecondReview:
    """What this clinician would have decided. Raises PermissionDenied, Superseded, ValidationError."""
    reading = SecondReview.objects.select_for_update(no_key=True, of=["self"]).get(pk=reading.pk)
    if not can_read_again(by, reading):
        raise PermissionDenied
    if reading.read_at is not None:
        raise Superseded("Somebody else has read this a second time.")
    if verdict not in VERDICTS:
        raise ValidationError("Choose one of the answers.")
    if verdict != Decision.Action.APPROVED and not words.strip():
        raise ValidationError("Please say why: the lead compares both reasons.")
    reading.by, reading.verdict, reading.words, reading.read_at = by, verdict, words, timezone.now()
    reading.save(update_fields=["by", "verdict", "words", "read_at"])
    return reading
