"""Template tags for read-only periods and moderators' breaks."""

from typing import Any

from django import template

from forum.models import ReadOnlyPeriod
from forum.moderation.assignment import needs_break
from forum.permissions import can_moderate

register = template.Library()


@register.simple_tag(takes_context=True)
def read_only(context: Any) -> bool:
    """Return whether the forum is read-only for this user; moderators may always write. One query."""
    return ReadOnlyPeriod.objects.running().exists() and not can_moderate(context["request"].user)


@register.inclusion_tag("forum/team/_rest.html", takes_context=True)
def rest_card(context: Any) -> dict[str, Any]:
    return {"tired": needs_break(context["request"].user), "csrf_token": context.get("csrf_token")}
