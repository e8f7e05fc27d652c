"""What stands on pages of others: decisions one may appeal against, and what else waits for moderators."""

from typing import Any

from django import template

from forum.models import Decision, Post
from forum.permissions import can_appeal_decision

register = template.Library()


@register.inclusion_tag("forum/_appeals.html", takes_context=True)
def appeals_of(context: Any, post: Post) -> dict[str, Any]:
    """On the author's own page: what was said in appeals, and the decision against which one is still possible."""
    user = context["request"].user
    decisions = Decision.objects.filter(revision__post=post).select_related("revision__post", "appeal")
    open_to_appeal = [d for d in decisions.exclude(reason="") if can_appeal_decision(user, d)]
    made = [d.appeal for d in decisions if hasattr(d, "appeal")]
    removed = [d for d in decisions if d.action == Decision.Action.REMOVED and post.state == Post.State.REMOVED]
    return {"open_to_appeal": open_to_appeal, "made": made, "removed": removed[-1:], "revision": context["revision"]}
