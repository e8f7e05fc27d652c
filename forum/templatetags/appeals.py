"""What stands on an author's own page: what was decided, covered, asked and appealed, and what is still possible."""

from typing import Any

from django import template

from forum.models import Decision, Post
from forum.permissions import can_appeal_decision, can_ask_about_decision

register = template.Library()


@register.inclusion_tag("forum/appeals/_appeals.html", takes_context=True)
def appeals_of(context: Any, post: Post) -> dict[str, Any]:
    """Questions and appeals with their answers, and the decisions against which one is still possible."""
    user = context["request"].user
    decisions = Decision.objects.filter(revision__post=post).select_related("revision__post", "appeal", "question")
    refused = [d for d in decisions if d.reason or d.with_redaction]
    removed = [d for d in decisions if d.action == Decision.Action.REMOVED and post.state == Post.State.REMOVED]
    return {
        "open_to_appeal": [d for d in refused if can_appeal_decision(user, d)],
        "open_to_ask": [d for d in refused if can_ask_about_decision(user, d)],
        "made": [d.appeal for d in decisions if hasattr(d, "appeal")],
        "asked": [d.question for d in decisions if hasattr(d, "question")],
        "covered": [(d, _spans(d)) for d in decisions if d.with_redaction and d.revision_id == post.live_revision_id],
        "removed": removed[-1:],
        "revision": context["revision"],
    }


def _spans(decision: Decision) -> list[dict[str, str]]:
    """The covered words, which only their author and moderators see, each once."""
    found = {}
    for span in decision.redactions.in_force():
        words = getattr(decision.revision, span.part)[span.start : span.end]
        found[words] = {"words": words, "why": span.get_why_display()}
    return list(found.values())
