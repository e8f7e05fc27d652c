"""Notices on every page that shows a row without a review in force."""

from collections.abc import Sequence

from django.apps import apps
from django.db.models import Model
from django.template.loader import render_to_string

from guide.models import Proposal, SafetyMessage

# The models that each page block shows, with the lookup by which its argument selects rows.
MODELS_BY_BLOCK = {
    "matrix": {"treatment": "", "matrixrow": ""},
    "treatment": {"treatment": "slug"},
    "figure": {"outcomefigure": "slug"},
    "picture": {"picture": "key"},
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
    """Return the live proposals for rows that someone must review, newest first. One query; usually there are none."""
    return list(Proposal.objects.of_rows().live_unreviewed())


def notice_for_block(name: str, argument: str | None, unreviewed: Sequence[Proposal]) -> str:
    """Return HTML that names the unreviewed rows shown by this block, or an empty string."""
    return _notice([proposal for proposal in unreviewed if _is_shown(name, argument, proposal)])


def notice_for_messages(messages: list[SafetyMessage], unreviewed: Sequence[Proposal]) -> str:
    """Return the same for the safety messages of an article."""
    known = {message.pk for message in messages}
    return _notice([p for p in unreviewed if p.model == "safetymessage" and p.object_id in known])


def notice_for_row(row: Model, unreviewed: Sequence[Proposal]) -> str:
    """Return the notice for one row that has a page of its own, or "" if it was reviewed."""
    return _notice([p for p in unreviewed if (p.model, p.object_id) == (row._meta.model_name, row.pk)])


def _is_shown(name: str, argument: str | None, proposal: Proposal) -> bool:
    lookup = MODELS_BY_BLOCK.get(name, {}).get(proposal.model)
    if lookup is None:
        return False
    if proposal.removes or not (lookup and argument):
        return True
    rows = apps.get_model("guide", proposal.model)._default_manager
    return rows.filter(pk=proposal.object_id, **{lookup: argument}).exists()


def _notice(proposals: list[Proposal]) -> str:
    return render_to_string("guide/_unreviewed.html", {"proposals": proposals}) if proposals else ""
