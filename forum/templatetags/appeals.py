"""Template tags for the author's page of a post: redactions, questions and appeals."""

from typing import Any

from django import template

from forum.models import Decision, Post
from forum.permissions import can_appeal_decision, can_ask_about_decision

register = template.Library()


@register.inclusion_tag("forum/appeals/_appeals.html", takes_context=True)
def appeals_of(context: Any, post: Post) -> dict[str, Any]:
    """Render questions and appeals with their answers, and the decisions that can still be appealed or asked about."""
    user = context["request"].user
    decisions = Decision.objects.filter(revision__post=post).select_related("revision__post", "appeal", "question")
    messages = [d for d in decisions if d.action == Decision.Action.MESSAGE]
    refused = [d for d in decisions if d.reason or d.with_redaction]
    removed = [d for d in decisions if d.action == Decision.Action.REMOVED and post.state == Post.State.REMOVED]
    return {
        "open_to_appeal": [d for d in refused if can_appeal_decision(user, d)],
        "open_to_ask": [d for d in refused if can_ask_about_decision(user, d)],
        "open_to_answer": [d for d in messages if can_ask_about_decision(user, d)],
        "made": [d.appeal for d in decisions if hasattr(d, "appeal")],
        "asked": [d.question for d in decisions if hasattr(d, "question")],
        "covered": [(d, _spans(d)) for d in decisions if d.with_redaction and d.revision_id == post.live_revision_id],
        "removed": removed[-1:],
        "revision": context["revision"],
    }


def _spans(decision: Decision) -> list[dict[str, str]]:
    """Return each redacted text once; only the author and moderators see it."""
    found = {}
    for span in decision.redactions.in_force():
        words = getattr(decision.revision, span.part)[span.start : span.end]
        found[words] = {"words": words, "why": span.get_why_display()}
    return list(found.values())
