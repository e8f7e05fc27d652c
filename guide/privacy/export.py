"""Export of a user's data in the guide."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from guide.models import (
    ArticleRevision,
    Autosave,
    EditorPreference,
    Feedback,
    Proposal,
    ProposalDecision,
    Remark,
    Withdrawal,
)


def sections(user: User) -> dict[str, list[Mapping[str, Any]]]:
    written = ArticleRevision.objects.filter(author=user)
    texts = written.values("article__slug", "number", "title", "note", "created_at")
    proposed = Proposal.objects.filter(author=user)
    proposals = proposed.values("model", "label", "content", "note", "state", "created_at")
    decided = ProposalDecision.objects.filter(by=user)
    decisions = decided.values("proposal__label", "action", "credential", "reason", "checked", "decided_at")
    remarks = Remark.objects.filter(by=user).values(
        "proposal__label", "part", "line", "quote", "text", "made_at", "sent_at"
    )
    withdrawn = Withdrawal.objects.filter(by=user) | Withdrawal.objects.filter(ended_by=user)
    withdrawals = withdrawn.values("article__slug", "reason", "withdrawn_at", "ended_at")
    own: dict[str, list[Mapping[str, Any]]] = {
        "Articles you wrote": list(texts),
        "Your proposals for the guide": list(proposals),
        "Proposals for the guide you decided on": list(decisions),
        "Your remarks on proposals for the guide": list(remarks),
        "Pages of the guide that you took down or brought back": list(withdrawals),
    }
    return own | _autosaves_and_assignments(user)


def _autosaves_and_assignments(user: User) -> dict[str, list[Mapping[str, Any]]]:
    autosaves = Autosave.objects.filter(owner=user).values("place", "fields", "saved_at")
    assigned = Feedback.objects.filter(assigned_to=user).values("article__slug", "comment", "answer")
    return {
        "Text you typed in the admin but did not save": list(autosaves),
        "Readers’ feedback assigned to you": list(assigned),
        "Your editors’ digest": list(EditorPreference.objects.filter(owner=user).values("digest", "digest_sent_on")),
    }
