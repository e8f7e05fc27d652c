"""What the guide holds about one person, for the copy of their data."""

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
)


def sections(user: User) -> dict[str, list[Mapping[str, Any]]]:
    written = ArticleRevision.objects.filter(author=user)
    texts = written.values("article__slug", "number", "title", "note", "created_at")
    proposed = Proposal.objects.filter(author=user)
    proposals = proposed.values("model", "label", "content", "note", "state", "created_at")
    decided = ProposalDecision.objects.filter(by=user)
    decisions = decided.values("proposal__label", "action", "credential", "reason", "checked", "decided_at")
    remarks = Remark.objects.filter(by=user).values("proposal__label", "part", "line", "quote", "text", "made_at")
    own: dict[str, list[Mapping[str, Any]]] = {
        "Articles you wrote": list(texts),
        "Your proposals for the guide": list(proposals),
        "Proposals for the guide you decided on": list(decisions),
        "Your remarks on proposals for the guide": list(remarks),
    }
    return own | _unsaved_and_assigned(user)


def _unsaved_and_assigned(user: User) -> dict[str, list[Mapping[str, Any]]]:
    unsaved = Autosave.objects.filter(owner=user).values("place", "words", "saved_at")
    assigned = Feedback.objects.filter(assigned_to=user).values("article__slug", "comment", "answer")
    return {
        "Words of yours not yet saved in the admin": list(unsaved),
        "Readers’ feedback given to you": list(assigned),
        "Your editor’s digest": list(EditorPreference.objects.filter(owner=user).values("digest", "digest_sent_on")),
    }
