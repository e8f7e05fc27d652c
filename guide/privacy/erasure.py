"""Erasure of an account's data in the guide: the name on signatures, autosaves and preferences."""

import pgtrigger

from accounts.models import User
from guide.models import Autosave, EditorPreference, Feedback, ProposalDecision, Remark
from guide.review.revisions import guide_changed

ANONYMOUS_SIGNATURE = "a clinician who has since left"


def erase(user: User) -> None:
    """Erase the user's data. Signatures stay, with their date but without the name; only this may change such a row."""
    Autosave.objects.filter(owner=user).delete()
    EditorPreference.objects.filter(owner=user).delete()
    Remark.objects.drafts_by(user).delete()
    Feedback.objects.filter(assigned_to=user).update(assigned_to=None)
    signed = ProposalDecision.objects.filter(by=user).exclude(credential="")
    with pgtrigger.ignore("guide.ProposalDecision:decision_is_append_only"):
        if signed.update(credential=ANONYMOUS_SIGNATURE):
            guide_changed()
