"""Reopen a clinician's reviews when their credential is revoked.

Their reviews stay in the log but are no longer in force (`ProposalDecision.objects.reviews`): pages no longer show the name,
and texts that no one else reviewed are live and unreviewed again (`Proposal.objects.live_unreviewed`).
"""

from accounts.models import User
from core import page_cache
from guide.models import Proposal, ProposalDecision
from guide.review.notifications import notify_of_unreviewed


def reopen_reviews(reviewer: User) -> None:
    """Drop cached pages with the reviewer's name, and notify the other reviewers of each text to review again."""
    page_cache.clear_on_commit()
    reviewed = ProposalDecision.objects.filter(by=reviewer, action__in=ProposalDecision.REVIEWED).values("proposal")
    for proposal in Proposal.objects.live_unreviewed().filter(pk__in=reviewed):
        notify_of_unreviewed(proposal, "lost its review: the reviewer’s badge was revoked.", by=reviewer)
