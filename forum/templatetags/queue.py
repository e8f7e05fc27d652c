"""Template filters for the review queue: times, claims and matches."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import Form
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from accounts.permissions import is_appointed
from forum.models import Lane, PostRevision, ReviewItem, TriageMatch
from forum.moderation.item_presence import is_looking
from forum.moderation.pending_actions import still_undoable
from forum.moderation.queue import counts
from forum.publishing.mention_html import html_with_names
from forum.text.markdown import render
from forum.text.rendering_changes import Change, rendering_changes
from forum.triage.detection import Message

register = template.Library()
MATCHED = 80  # characters
IN_MINUTES = 90  # shorter spans are shown in minutes
IN_HOURS = 48  # and shorter ones in hours


def in_words(span: timedelta) -> str:
    """Format a span as “7 min”, “3 h” or “2 days”, rounded down."""
    minutes = int(span.total_seconds()) // 60
    if minutes < IN_MINUTES:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < IN_HOURS else f"{hours // 24} days"


register.filter("span_words", in_words)
register.filter(is_looking)


@register.filter
def time_left(item: ReviewItem) -> str:
    """Return how much of the promised time is left, or how late the item is."""
    left = item.promised_at - timezone.now()
    return f"{in_words(left)} left" if left > timedelta(0) else f"late by {in_words(-left)}"


@register.filter
def needs_text(form: Form) -> bool:
    """Return whether an action can't be carried out before something is chosen or written."""
    return any(field.field.required for field in form.visible_fields())


@register.filter
def seconds_until(moment: datetime) -> int:
    return max(0, int((moment - timezone.now()).total_seconds()))


@register.filter
def minutes_until(moment: datetime) -> int:
    """Return the minutes left, at least one."""
    return max(1, seconds_until(moment) // 60)


@register.inclusion_tag("forum/moderation/_pending_actions.html", takes_context=True)
def pending_actions(context: Any) -> dict[str, Any]:
    """Render what this moderator can still undo. One query."""
    return {"undoable": still_undoable(context["request"].user), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("forum/moderation/_review_link.html", takes_context=True)
def review_link(context: Any) -> dict[str, Any]:
    """Render a moderator's link to the queue with the number of open items. One query, and none for members.

    The queue itself has counted them.
    """
    user, path = context["user"], context["request"].path
    if not is_appointed(user):
        return {}
    return {"counts": context.get("counts") or counts(user), "here": path == reverse("forum:review-queue")}


@register.filter
def age(moment: datetime) -> str:
    """Return how long something has waited."""
    return in_words(timezone.now() - moment)


@register.filter
def is_late(item: ReviewItem) -> bool:
    return item.promised_at < timezone.now()


@register.filter
def held_by(item: ReviewItem, person: User) -> bool:
    """Return whether someone else has claimed the item."""
    return item.claimed_by_another(person)


@register.filter
def reasons_seen(item: ReviewItem) -> list[str]:
    """Return the concerns about a name and the titles of the triage matches in texts, each once, most urgent first."""
    texts = [
        text for text in (item.revision, item.question, item.appeal, item.experience, *item.outside_texts.all()) if text
    ]
    matches = sorted((m for text in texts for m in text.triage_matches.all()), key=lambda m: (m.lane, m.start))
    concerns = [concern.capitalize() for concern in item.name_change.concerns] if item.name_change else []
    titles = [m.rule.title if m.rule else m.get_kind_display().capitalize() for m in matches]
    return list(dict.fromkeys([*concerns, *titles]))


@register.filter
def text_of(item: ReviewItem) -> str:
    """Return the text that an item is about: as sent, without its title; empty if there is none."""
    revision = item.revision or (item.post and item.post.live_revision)
    message = item.question or item.appeal or item.experience or next(iter(item.outside_texts.all()), None)
    return message.text if message else revision.body if revision else ""


@register.filter
def html_of(item: Any) -> SafeString:
    """Return an item's text as readers will see it, with the names that the queue's query has fetched."""
    return html_with_names(item.revision.html, item.mentioned)


@register.filter
def can_be_approved_here(item: ReviewItem, moderator: User) -> bool:
    """Return whether the queue offers to approve the item: a new GREEN text that no one else has claimed."""
    new_and_green = item.kind == ReviewItem.Kind.NEW and item.lane == Lane.GREEN
    return new_and_green and item.revision is not None and not item.claimed_by_another(moderator)


@register.filter
def matched(text: PostRevision | Message, match: TriageMatch) -> str:
    """Return the matched text, shortened; the rule's own phrase is only for those who write rules."""
    words = " ".join(getattr(text, match.part)[match.start : match.end].split())
    return words if len(words) <= MATCHED else f"{words[:MATCHED].rsplit(' ', 1)[0]} …"


@register.filter
def changed_by_rendering(revision: PostRevision) -> list[Change]:
    """Return the words from which rendering takes a sign or a digit."""
    return rendering_changes(revision.body)


@register.filter
def as_readers_see_it(text: str) -> SafeString:
    return mark_safe(render(text))  # noqa: S308  sanitized by forum.text.markdown


@register.filter
def changes_in(text: str) -> list[Change]:
    """Return the words of a clinician's text from which rendering takes a sign or a digit."""
    return rendering_changes(text)


@register.filter
def url_for_moderators(revision: PostRevision) -> str:
    """Return the page on which moderators read a text: that of the post if it is its public text, else its review item."""
    if revision.post.live_revision_id == revision.pk:
        return reverse("forum:moderate-post", args=[revision.post_id])
    return reverse("forum:review", args=[revision.pk])


@register.filter
def html_as_sent(revision: PostRevision) -> SafeString:
    """Render the text without redactions, which would tell a second reviewer what the first decision was."""
    return mark_safe(render(revision.body))  # noqa: S308  sanitized by forum.text.markdown


@register.filter
def of(counted: dict[int, Any], key: int) -> Any:
    return counted.get(key, 0)
