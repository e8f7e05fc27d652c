"""Presentation of triage matches: advice and help lines for authors, marks in the text for moderators."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from core.requests import AnyUser
from forum.models import Appeal, DecisionQuestion, Lane, Post, PostRevision, Report, TriageMatch
from forum.models.reports import WORRIES
from forum.triage.detection import Finding, advice
from guide.pages.help_lines import lines_for

ANY_DANGER = {
    "crisis",
    "text",
    "overdose",
}  # needs of help lines where only the text model saw danger, of no certain kind


def advice_for(found: Iterable[Finding | TriageMatch], user: AnyUser) -> dict[str, Any]:
    """Context of _advice.html. Without matches, no query is made."""
    found = list(found)
    rules = advice(found)
    red = [rule for rule in rules if rule.lane == Lane.RED]
    by_model = any(f.kind == TriageMatch.Kind.MODEL for f in found)
    needs = {need for rule in rules for need in rule.help_needs.split()} | (ANY_DANGER if by_model else set())
    country = getattr(user, "country", "")
    lines = lines_for(country, needs) if needs else []
    amber = [rule for rule in rules if rule not in red]
    return {"red": red, "amber": amber, "by_model": by_model, "needs": needs, "lines": lines}


def matches_for_author(post: Post, newest: PostRevision) -> Iterable[TriageMatch]:
    """What the author of a post should read about: the newest text until it is public, and questions and appeals.

    RED stays, whatever became of the text: it may have been replaced, withdrawn or answered.
    """
    state = PostRevision.State
    shown = [newest.pk] if newest.state in (state.WAITING, state.CHANGES, state.REJECTED) else []
    of_post = {"decision__revision__post": post}
    texts = Q(revision__in=list(post.revisions.values_list("pk", flat=True)))
    texts |= Q(question__in=list(DecisionQuestion.objects.filter(**of_post).values_list("pk", flat=True)))
    texts |= Q(appeal__in=list(Appeal.objects.filter(**of_post).values_list("pk", flat=True)))
    is_message = Q(question__isnull=False) | Q(appeal__isnull=False)
    relevant = Q(lane=Lane.RED) | Q(revision__in=shown) | is_message
    return TriageMatch.objects.filter(texts, relevant).urgent_first()


def help_for_reporter(report: Report, user: AnyUser) -> dict[str, Any] | None:
    """Context of _help_for_another.html: help lines by the worry, or by what the report says; None for other reports."""
    needs = {need for rule in advice(report.triage_matches.urgent_first()) for need in rule.help_needs.split()}
    if report.reason in WORRIES:
        needs |= set(WORRIES[report.reason].needs.split())
    if not needs:
        return None
    return {"needs": needs, "lines": lines_for(getattr(user, "country", ""), needs)}


def marked_spans(text: str, matches: Sequence[TriageMatch]) -> SafeString:
    """Escape the text and mark each match with its rule. The later of two overlapping spans is shortened."""
    pieces, at = [], 0
    for match in sorted(matches, key=lambda m: (m.start, m.lane)):
        start, end = max(match.start, at), min(match.end, len(text))
        if end <= start:
            continue
        pieces.append(escape(text[at:start]))
        pieces.append(
            format_html(
                '<mark class="lane-{}" title="{}">{}</mark>', match.get_lane_display(), reason(match), text[start:end]
            )
        )
        at = end
    pieces.append(escape(text[at:]))
    return mark_safe("".join(pieces))  # noqa: S308  every piece is escaped


def reason(match: TriageMatch) -> str:
    title = match.rule.title if match.rule else match.get_kind_display().capitalize()
    return f"{title} ({match.get_softened_display()})" if match.softened else title


def as_match(found: Finding) -> TriageMatch:
    """Convert a finding of a dry run to an unsaved TriageMatch."""
    return TriageMatch(**vars(found))
