"""Searches of people in danger, by the guide's list of words and by the RED rules of triage."""

from forum.triage.detection import has_red_match
from guide.text.crisis_words import is_crisis_query


def is_crisis(query: str) -> bool:
    """Return whether help is the only answer to this search. Takes one query, and none where the list decides."""
    return bool(query) and (is_crisis_query(query) or has_red_match({"body": query}))
