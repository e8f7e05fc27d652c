"""Notices of rows that were published before review: every page that shows one says so until it is reviewed."""

from collections.abc import Sequence

from django.apps import apps
from django.template.loader import render_to_string

from guide.models import Proposal, SafetyMessage

# The models whose rows each part of a page shows, with the field by which its argument selects some of them.
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


def unreviewed_rows() -> list[Proposal]:
    """The proposals for rows that readers see before review, newest first: few, and mostly none. One query."""
    return list(Proposal.objects.of_rows().urgent_unreviewed())


def notice_for_part(name: str, argument: str | None, unreviewed: Sequence[Proposal]) -> str:
    """HTML that names those which this part shows; empty where there are none."""
    return _notice([proposal for proposal in unreviewed if _is_shown(name, argument, proposal)])


def notice_for_messages(messages: list[SafetyMessage], unreviewed: Sequence[Proposal]) -> str:
    """The same for the safety messages of an article."""
    known = {message.pk for message in messages}
    return _notice([p for p in unreviewed if p.model == "safetymessage" and p.object_id in known])


def _is_shown(name: str, argument: str | None, proposal: Proposal) -> bool:
    lookup = SHOWS.get(name, {}).get(proposal.model)
    if lookup is None:
        return False
    if proposal.removes or not (lookup and argument):
        return True
    rows = apps.get_model("guide", proposal.model)._default_manager
    return rows.filter(pk=proposal.object_id, **{lookup: argument}).exists()


def _notice(proposals: list[Proposal]) -> str:
    return render_to_string("guide/_unreviewed.html", {"proposals": proposals}) if proposals else ""
