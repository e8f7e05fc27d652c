"""Presentation of triage matches: advice and help lines for authors, marks in the text for moderators."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from forum.models import Lane, TriageMatch
from forum.triage.detection import Finding, advice
from guide.models import HelpLine

DEFAULT_COUNTRY = "US"
ANY_DANGER = {
    "crisis",
    "text",
    "overdose",
}  # needs of help lines where only the text model saw danger, of no certain kind


def advice_for(found: Iterable[Finding | TriageMatch], user: User) -> dict[str, Any]:
    """Context of _advice.html. Without matches, no query is made."""
    found = list(found)
    rules = advice(found)
    red = [rule for rule in rules if rule.lane == Lane.RED]
    by_model = any(f.kind == TriageMatch.Kind.MODEL for f in found)
    needs = {need for rule in rules for need in rule.help_needs.split()} | (ANY_DANGER if by_model else set())
    lines = help_lines(user.country, needs) if needs else []
    at_home = any(line.country == user.country for line in lines)
    amber = [rule for rule in rules if rule not in red]
    return {"red": red, "amber": amber, "by_model": by_model, "lines": lines, "at_home": at_home}


def help_lines(country: str, needs: set[str]) -> list[HelpLine]:
    """Help lines of a country, or of the United States if it has none."""
    lines = HelpLine.objects.filter(country__in={country, DEFAULT_COUNTRY}, need__in=needs | {"emergency"}).order_by(
        "position"
    )
    own = [line for line in lines if line.country == country]
    return own or list(lines)


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
