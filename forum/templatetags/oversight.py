"""Figures of moderators' pages in words."""

from django import template

from forum.oversight.second_review import VERDICTS

register = template.Library()


@register.filter
def share(part: int, whole: int) -> str:
    """“83 %”; a dash where there is nothing to divide by."""
    return f"{100 * part / whole:.0f} %" if whole else "–"


@register.filter
def verdict_words(verdict: str) -> str:
    return VERDICTS.get(verdict, verdict)
