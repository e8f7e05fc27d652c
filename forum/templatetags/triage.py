"""Template tags about triage."""

from typing import Any

from django import template

from accounts.models import User
from accounts.permissions import is_appointed
from forum.models import TriageProposal
from forum.permissions import can_edit_triage

register = template.Library()


@register.inclusion_tag("forum/triage/_waiting_proposals.html")
def waiting_proposals(user: User) -> dict[str, Any]:
    """Show how many proposals to weaken triage this user may decide. One query if none waits."""
    if not (is_appointed(user) or user.is_superuser):
        return {"waiting": 0}
    waiting = TriageProposal.objects.waiting_for(user).count()
    return {"waiting": waiting if waiting and can_edit_triage(user) else 0}
