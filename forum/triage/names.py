"""Names that members chose: what triage finds in them, and their review items (settings.NAME_REVIEW)."""

from accounts.models import NameChange
from forum.models import Lane, ReviewItem, TriageMatch
from forum.notifications.kinds import tell_red
from forum.publishing.queue_items import open_name_item, withdraw_name_item
from forum.triage.detection import Finding, detect


def triage_concerns(name: str) -> list[str]:
    """Return the titles of the RED and AMBER rules that a name matches, each once."""
    return list(dict.fromkeys(found.rule.title for found in _findings(name) if found.rule))


def open_review(change: NameChange) -> ReviewItem:
    """Open an item: RED if triage finds danger in the name, AMBER if others don't see it yet, else GREEN."""
    item = open_name_item(change, min((found.lane for found in _findings(change.name)), default=Lane.GREEN))
    if item.lane == Lane.RED:
        tell_red(item)
    return item


def withdraw_review(change: NameChange) -> None:
    """Close the item of a name that its member has replaced, unless it is RED."""
    withdraw_name_item(change)


def _findings(name: str) -> list[Finding]:
    """Matches of rules. The text model is left out: a name is too short for it."""
    return [f for f in detect({"text": name}) if f.lane < Lane.GREEN and f.kind != TriageMatch.Kind.MODEL]
