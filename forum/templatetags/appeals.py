"""Template tags for redactions, questions and appeals on an author's page of a post, and for reports on a page for staff."""

from typing import Any

from django import template

from accounts.models import User
from forum.models import Decision, Post, Report
from forum.permissions import can_appeal_decision, can_ask_about_decision

register = template.Library()
LAST_POSTS, LAST_REPORTS = 5, 10


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


@register.inclusion_tag("admin/forum/_reports_on_member.html")
def reports_on_member(member: User) -> dict[str, Any]:
    """Render the reports that moderators passed on to staff, but not who made them, and what the member last wrote in public.

    Anonymous posts are left out: only moderators know who wrote them.
    """
    posts = Post.objects.of(member).filter(state=Post.State.PUBLISHED, alias__isnull=True)
    posts = posts.select_related("thread", "live_revision").order_by("-published_at")
    return {"reports": Report.objects.referred_to_staff(member)[:LAST_REPORTS], "posts": posts[:LAST_POSTS]}


def _spans(decision: Decision) -> list[dict[str, str]]:
    """Return each redacted text once; only the author and moderators see it."""
    found = {}
    for span in decision.redactions.in_force():
        words = getattr(decision.revision, span.part)[span.start : span.end]
        found[words] = {"words": words, "why": span.get_why_display()}
    return list(found.values())
