"""The suggestion to take a break, which a moderator can dismiss for the rest of their session."""

from django.utils import timezone

from core.params import moment_or_none
from core.requests import AuthenticatedHttpRequest
from forum.moderation.assignment import needs_break

DISMISSED_AT = "break_dismissed_at"


def should_suggest_break(request: AuthenticatedHttpRequest) -> bool:
    """Whether the moderator needs a break, not counting what they read before they last dismissed the suggestion."""
    return needs_break(request.user, since=moment_or_none(request.session.get(DISMISSED_AT, "")))


def dismiss(request: AuthenticatedHttpRequest) -> None:
    request.session[DISMISSED_AT] = timezone.now().isoformat()
