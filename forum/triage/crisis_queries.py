"""Searches and drafts of people in danger, by the guide's list of words and by the RED rules of triage."""

from forum.models import Lane
from forum.triage.detection import rule_set
from guide.text.crisis_words import is_crisis_query

# Urgent for a moderator, but in a search a question that the guide answers: what to tell the staff before an operation.
ANSWERED_BY_THE_GUIDE = {"injury-surgery-now"}


def is_crisis(query: str) -> bool:
    """Return whether help is the only answer to this search. Takes one query, and none where the list decides."""
    return bool(query) and (is_crisis_query(query) or has_red_match({"query": query}))


def has_red_match(parts: dict[str, str]) -> bool:
    """Whether an active RED rule matches. The text model is not asked: it never says RED."""
    found = rule_set().find(parts)
    return any(f.lane == Lane.RED and f.rule and f.rule.key not in ANSWERED_BY_THE_GUIDE for f in found)
