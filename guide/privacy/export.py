"""What the guide holds about one person, for the copy of their data."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from guide.models import (
    ArticleRevision,
    Autosave,
    EditorPreference,
    Feedback,
    ReferenceChange,
    ReferenceDecision,
    Remark,
    RevisionDecision,
)


def sections(user: User) -> dict[str, list[Mapping[str, Any]]]:
    written = ArticleRevision.objects.filter(author=user).values(
        "article__slug", "number", "title", "note", "created_at"
    )
    decided = RevisionDecision.objects.filter(by=user)
    decisions = decided.values(
        "revision__article__slug", "revision__number", "action", "credential", "reason", "decided_at"
    )
    found: dict[str, list[Mapping[str, Any]]] = {
        "Articles you wrote": list(written),
        "Articles you decided on": list(decisions),
    }
    return found | _at_the_desk(user)


def _at_the_desk(user: User) -> dict[str, list[Mapping[str, Any]]]:
    remarks = Remark.objects.filter(by=user).values("revision__article__slug", "part", "line", "text", "made_at")
    changes = ReferenceChange.objects.filter(author=user).values(
        "model", "label", "fields", "note", "state", "created_at"
    )
    decided = ReferenceDecision.objects.filter(by=user).values("change__label", "action", "reason", "decided_at")
    unsaved = Autosave.objects.filter(owner=user).values("place", "words", "saved_at")
    assigned = Feedback.objects.filter(assigned_to=user).values("article__slug", "comment", "answer")
    return {
        "Your remarks on articles": list(remarks),
        "Changes of yours to the guide’s lists": list(changes),
        "Changes to the guide’s lists you decided on": list(decided),
        "Words of yours not yet saved in the admin": list(unsaved),
        "Readers’ feedback given to you": list(assigned),
        "Your editor’s digest": list(EditorPreference.objects.filter(owner=user).values("digest", "digest_sent_on")),
    }
