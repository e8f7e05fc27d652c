"""Rows that went live urgently and that no second person has read since: wherever readers meet them, the page says so."""

from collections.abc import Sequence

from django.apps import apps
from django.template.loader import render_to_string

from guide.models import ReferenceChange, SafetyMessage

# What each part of a page shows, and the field in which its argument chooses some of it.
SHOWS = {
    "matrix": {"treatment": "", "matrixrow": ""},
    "treatment": {"treatment": "slug"},
    "figure": {"outcomefigure": "slug"},
    "side-effects": {"sideeffect": "form"},
    "faq": {"question": "group__key", "questiongroup": "key"},
    "safety": {"safetymessage": "key"},
    "videos": {"video": "", "videotopic": ""},
    "glossary": {"glossaryterm": ""},
    "groups": {"supportgroup": ""},
    "stories": {"story": ""},
    "timeline": {"milestone": ""},
    "sources": {"source": ""},
    "helplines": {"helpline": ""},
}


def unread_changes() -> list[ReferenceChange]:
    """All of them, the newest first: few, and mostly none. One query."""
    return list(ReferenceChange.objects.unread_urgent().with_time_of_urgency())


def note_for_part(name: str, argument: str | None, unread: Sequence[ReferenceChange]) -> str:
    """HTML that names those which this part shows; empty where there are none."""
    return _note([change for change in unread if _shows(name, argument, change)])


def note_for_messages(messages: list[SafetyMessage], unread: Sequence[ReferenceChange]) -> str:
    """The same for the safety messages of an article."""
    known = {message.pk for message in messages}
    return _note([change for change in unread if change.model == "safetymessage" and change.row in known])


def _shows(name: str, argument: str | None, change: ReferenceChange) -> bool:
    lookup = SHOWS.get(name, {}).get(change.model)
    if lookup is None:
        return False
    if change.removes or not (lookup and argument):
        return True
    rows = apps.get_model("guide", change.model)._default_manager
    return rows.filter(pk=change.row, **{lookup: argument}).exists()


def _note(changes: list[ReferenceChange]) -> str:
    return render_to_string("guide/pages/_unreviewed_notice.html", {"changes": changes}) if changes else ""
