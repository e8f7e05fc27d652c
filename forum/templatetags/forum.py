from datetime import timedelta
from typing import Any

from django import template
from django.utils.safestring import SafeString

from accounts.models import Profession
from forum.models import PostRevision, TriageMatch
from forum.moderation import reason_templates
from forum.triage.author_advice import advice_for, as_match, marked_spans
from forum.triage.detection import Finding

register = template.Library()
IN_MINUTES = 90  # shorter spans are shown in minutes
IN_HOURS = 48  # and shorter ones in hours


@register.filter
def profession(key: str) -> str:
    return Profession(key).label


@register.filter
def reason_words(key: str) -> str:
    return reason_templates.title_of(key)


@register.filter
def waiting_words(waited: timedelta) -> str:
    """Format a wait as “40 minutes” or “3 hours”, rounded up so that the promise is kept."""
    minutes = max(-(-int(waited.total_seconds()) // 60), 1)
    if minutes < IN_MINUTES:
        rounded = -(-minutes // 5) * 5
        return f"{rounded} minutes"
    hours = -(-minutes // 60)
    return f"{hours} hours" if hours < IN_HOURS else f"{-(-hours // 24)} days"


@register.inclusion_tag("forum/triage/_advice.html", takes_context=True)
def triage_advice(context: Any, revision: PostRevision) -> dict[str, Any]:
    """Render triage advice for the author, RED first, with help lines for their country."""
    matches = revision.triage_matches.urgent_first()
    return advice_for(matches, context["user"])


@register.filter
def with_matches(revision: PostRevision, part: str) -> SafeString:
    """Mark triage matches in one part of the text."""
    matches = [m for m in revision.triage_matches.all() if m.part == part and m.end]
    return marked_spans(getattr(revision, part), matches)


@register.filter
def noticed(revision: PostRevision) -> list[TriageMatch]:
    return sorted(revision.triage_matches.all(), key=lambda m: (m.lane, m.part, m.start))


@register.filter
def marked_by(revision: PostRevision, found: list[Finding]) -> SafeString:
    """Mark the matches of a dry run in the text."""
    return marked_spans(revision.body, [as_match(f) for f in found if f.part == "body" and f.end])
