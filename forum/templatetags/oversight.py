"""Template filters for moderation statistics."""

from django import template

from forum.oversight.second_review import VERDICTS

register = template.Library()


@register.filter
def share(part: int, whole: int) -> str:
    """Format a share as “83 %”, or a dash if `whole` is 0."""
    return f"{100 * part / whole:.0f} %" if whole else "–"


@register.filter
def verdict_words(verdict: str) -> str:
    return VERDICTS.get(verdict, verdict)
