"""Template tags for read-only periods and moderators' breaks."""

from typing import Any

from django import template

from forum.models import ReadOnlyPeriod
from forum.moderation.break_suggestion import should_suggest_break
from forum.permissions import can_moderate
from forum.team.handover import notes_to_read

register = template.Library()
FEW_NOTES = 3  # the duty board shows more of them


@register.simple_tag(takes_context=True)
def read_only(context: Any) -> bool:
    """Return whether the forum is read-only for this user; moderators may always write. One query."""
    return ReadOnlyPeriod.objects.running().exists() and not can_moderate(context["request"].user)


@register.inclusion_tag("forum/team/_rest.html", takes_context=True)
def rest_card(context: Any) -> dict[str, Any]:
    return {"tired": should_suggest_break(context["request"]), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("forum/team/_handover_notes.html", takes_context=True)
def handover_notes(context: Any) -> dict[str, Any]:
    """Render the newest handover notes that this moderator hasn't read, above the queue. One query."""
    notes = notes_to_read(context["request"].user)[:FEW_NOTES]
    return {"notes": notes, "from_queue": True, "csrf_token": context.get("csrf_token")}
