"""What the guide holds about one person, for the copy of their data."""

from typing import Any

from accounts.models import User
from guide.models import ArticleRevision, RevisionDecision


def sections(user: User) -> dict[str, list[dict[str, Any]]]:
    written = ArticleRevision.objects.filter(author=user).values(
        "article__slug", "number", "title", "note", "created_at"
    )
    decided = RevisionDecision.objects.filter(by=user)
    decisions = decided.values(
        "revision__article__slug", "revision__number", "action", "credential", "reason", "decided_at"
    )
    return {"Articles you wrote": list(written), "Articles you decided on": list(decisions)}
