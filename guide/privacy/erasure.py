"""What the guide forgets of somebody whose account is erased: the name under which they signed, and what was theirs alone."""

import pgtrigger

from accounts.models import User
from guide.models import Autosave, EditorPreference, Feedback, ProposalDecision
from guide.review.revisions import guide_changed

GONE = "a clinician who has since left"


def forget(user: User) -> None:
    """That a clinician stood by a text stays, and when; the database lets nobody else change that row."""
    Autosave.objects.filter(owner=user).delete()
    EditorPreference.objects.filter(owner=user).delete()
    Feedback.objects.filter(assigned_to=user).update(assigned_to=None)
    signed = ProposalDecision.objects.filter(by=user).exclude(credential="")
    with pgtrigger.ignore("guide.ProposalDecision:decision_is_append_only"):
        if signed.update(credential=GONE):
            guide_changed()
